// The recovery code: shown once, at the first enrolment, for the day on which the phone is gone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MfaVerifyError } from '@auth0/auth0-auth-js';

import { code } from './app.js';
import { auth0, now, password, refusal } from './server.js';

test('it logs in once, and the answer brings the next one', async () => {
  const user = 'rita@people.test';
  const first = await password(user);
  const enrolled = await auth0.mfa.enrollAuthenticator({ mfaToken: first.mfaToken, authenticatorTypes: ['otp'] });
  const [paper] = enrolled.recoveryCodes;

  // Before the app is confirmed there is nothing to recover.
  await assert.rejects(
    auth0.mfa.verify({ mfaToken: first.mfaToken, factorType: 'recovery-code', recoveryCode: paper }),
    refusal(MfaVerifyError, 'unsupported_challenge_type'),
  );
  await auth0.mfa.verify({ mfaToken: first.mfaToken, factorType: 'otp', otp: code(enrolled.secret, await now()) });

  const { mfaToken, requirements } = await password(user);
  assert.equal(requirements.challenge.at(-1).type, 'recovery-code');
  const wrong = paper.startsWith('A') ? `B${paper.slice(1)}` : `A${paper.slice(1)}`;
  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'recovery-code', recoveryCode: wrong }),
    refusal(MfaVerifyError, 'invalid_grant', 'MFA Authorization rejected.'),
  );
  const tokens = await auth0.mfa.verify({ mfaToken, factorType: 'recovery-code', recoveryCode: paper });
  assert.equal(tokens.claims.email, user);
  assert.match(tokens.recoveryCode, /^[A-Z0-9]{24}$/);
  assert.notEqual(tokens.recoveryCode, paper);

  const later = await password(user);
  await assert.rejects(
    auth0.mfa.verify({ mfaToken: later.mfaToken, factorType: 'recovery-code', recoveryCode: paper }),
    refusal(MfaVerifyError, 'invalid_grant', 'MFA Authorization rejected.'),
  );
  await auth0.mfa.verify({ mfaToken: later.mfaToken, factorType: 'recovery-code', recoveryCode: tokens.recoveryCode });
});

test('whoever was imported with a factor has none', async () => {
  const { mfaToken, requirements } = await password('ralf@people.test');
  assert.ok(!requirements.challenge.some(({ type }) => type === 'recovery-code'));
  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'recovery-code', recoveryCode: 'A'.repeat(24) }),
    refusal(MfaVerifyError, 'unsupported_challenge_type', 'User does not have a recovery-code.'),
  );
});
