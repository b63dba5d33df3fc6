// An address: enrolled like a number, or there already because it was verified.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MfaVerifyError } from '@auth0/auth0-auth-js';

import { not } from './app.js';
import { auth0, message, pass, password, refusal } from './server.js';

test('a user without a factor enrols an address, and the code that was sent there logs in', async () => {
  const address = 'emil@elsewhere.test';
  const { mfaToken } = await password('emil@people.test');
  const enrolled = await auth0.mfa.enrollAuthenticator({ mfaToken, authenticatorTypes: ['oob'], oobChannels: ['email'], email: address });
  assert.deepEqual([enrolled.authenticatorType, enrolled.oobChannel, enrolled.bindingMethod], ['oob', 'email', 'prompt']);
  const { channel, code } = await message(address);
  assert.equal(channel, 'email');
  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: enrolled.oobCode, bindingCode: not(code) }),
    refusal(MfaVerifyError, 'invalid_grant', 'Invalid binding_code.'),
  );
  const tokens = await auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: enrolled.oobCode, bindingCode: code });
  assert.equal(tokens.claims.email, 'emil@people.test');
});

test('a verified address needs no enrolment', async () => {
  const address = 'vera@people.test';
  const { mfaToken } = await password(address);
  const [mail] = await auth0.mfa.listAuthenticators({ mfaToken });
  assert.deepEqual([mail.id.split('|')[0], mail.authenticatorType, mail.active], ['email', 'oob', true]);
  assert.ok(!mail.name.includes('vera'), 'the name is masked');

  const challenge = await auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'oob', authenticatorId: mail.id });
  const { code } = await message(address);
  const tokens = await auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: challenge.oobCode, bindingCode: code });
  assert.equal(tokens.claims.email, address);
});

test('a code that was sent is good for five minutes', async () => {
  const address = 'emil@elsewhere.test';
  const { mfaToken } = await password('emil@people.test');
  const challenge = await auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'oob' });
  const { code } = await message(address);
  await pass(300);
  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: challenge.oobCode, bindingCode: code }),
    refusal(MfaVerifyError, 'expired_token', 'oob_code is expired'),
  );
});
