// An authenticator app: enrolled at the first login, asked at each later one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MfaChallengeError, MfaVerifyError } from '@auth0/auth0-auth-js';

import { STEP, code, not } from './app.js';
import { auth0, domain, now, orders, pass, password, refusal } from './server.js';

test('the app shows the codes of RFC 6238', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'; // 12345678901234567890, as in appendix B
  assert.deepEqual([59, 1111111109, 20000000000].map((at) => code(secret, at)), ['287082', '081804', '353130']);
});

test('a user without a factor enrols an app, and its first code logs in', async () => {
  const { mfaToken, requirements } = await password('olga@people.test');
  assert.ok(requirements.enroll.some(({ type }) => type === 'otp'));
  assert.equal(requirements.challenge, undefined);

  const enrolled = await auth0.mfa.enrollAuthenticator({ mfaToken, authenticatorTypes: ['otp'] });
  assert.equal(enrolled.authenticatorType, 'otp');
  assert.match(enrolled.secret, /^[A-Z2-7]{32}$/);
  const barcode = new URL(enrolled.barcodeUri);
  assert.equal(`${barcode.protocol}//${barcode.host}`, 'otpauth://totp');
  assert.deepEqual(
    ['secret', 'algorithm', 'digits', 'period'].map((name) => barcode.searchParams.get(name)),
    [enrolled.secret, 'SHA1', '6', '30'],
  );
  assert.match(enrolled.recoveryCodes[0], /^[A-Z0-9]{24}$/);

  // Until the first code it is there, but counts for nothing.
  const before = await auth0.mfa.listAuthenticators({ mfaToken });
  assert.deepEqual(before.map(({ authenticatorType, active }) => [authenticatorType, active]), [['otp', false], ['recovery-code', false]]);
  await assert.rejects(
    auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'otp' }),
    refusal(MfaChallengeError, 'unsupported_challenge_type'),
  );

  const shown = code(enrolled.secret, await now());
  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: not(shown) }),
    refusal(MfaVerifyError, 'invalid_grant', 'Invalid otp_code.'),
  );
  const tokens = await auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: shown });
  assert.equal(tokens.claims.email, 'olga@people.test');
  assert.equal(tokens.claims.iss, `https://${domain}/`);
  assert.equal((await auth0.getUserInfo({ accessToken: tokens.accessToken })).sub, tokens.claims.sub);

  // The ticket is used up, and the next login asks for the app.
  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: shown }),
    refusal(MfaVerifyError, 'invalid_grant', 'Malformed mfa_token'),
  );
  const next = await password('olga@people.test');
  assert.ok(next.requirements.challenge.some(({ type }) => type === 'otp'));
  assert.equal(next.requirements.enroll, undefined);
});

test('a code logs in once, even while the app still shows it', async () => {
  const user = 'omar@people.test';
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'; // known to his app, and to the tenant file
  const first = await password(user);
  assert.deepEqual(await auth0.mfa.challengeAuthenticator({ mfaToken: first.mfaToken, challengeType: 'otp' }), { challengeType: 'otp' });
  const shown = code(secret, await now());
  await auth0.mfa.verify({ mfaToken: first.mfaToken, factorType: 'otp', otp: shown });

  const { mfaToken } = await password(user);
  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: shown }),
    refusal(MfaVerifyError, 'invalid_grant', 'Invalid otp_code.'),
  );
  await pass(STEP);
  await auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: code(secret, await now()) });
});

test('what was asked for with the password comes after the code', async () => {
  const secret = 'MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U';
  const { mfaToken } = await password('otto@people.test', { audience: 'https://orders.test/', scope: 'openid email read:orders offline_access' });
  // A challenge is optional where the user reads the code from an app.
  const tokens = await auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: code(secret, await now()) });
  assert.deepEqual(new Set(tokens.scope.split(' ')), new Set(['openid', 'email', 'read:orders', 'offline_access']));
  const called = await orders(tokens.accessToken);
  assert.deepEqual([called.status, called.body.sub], [200, tokens.claims.sub]);

  // Whoever refreshes has given the second factor already.
  const refreshed = await auth0.getTokenByRefreshToken({ refreshToken: tokens.refreshToken });
  assert.equal((await orders(refreshed.accessToken)).status, 200);
});
