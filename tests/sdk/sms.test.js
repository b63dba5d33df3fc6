// A phone number: a text message or a call brings six digits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MfaVerifyError } from '@auth0/auth0-auth-js';

import { not } from './app.js';
import { auth0, message, password, refusal, sent } from './server.js';

test('a user without a factor enrols a number, and the code that was sent there logs in', async () => {
  const number = '+15550101';
  const { mfaToken, requirements } = await password('sara@people.test');
  assert.ok(requirements.enroll.some(({ type }) => type === 'phone'));

  const enrolled = await auth0.mfa.enrollAuthenticator({ mfaToken, authenticatorTypes: ['oob'], oobChannels: ['sms'], phoneNumber: number });
  assert.deepEqual([enrolled.authenticatorType, enrolled.oobChannel, enrolled.bindingMethod], ['oob', 'sms', 'prompt']);
  assert.match(enrolled.recoveryCodes[0], /^[A-Z0-9]{24}$/);
  const { channel, code } = await message(number);
  assert.equal(channel, 'sms');
  assert.match(code, /^[0-9]{6}$/);

  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: enrolled.oobCode, bindingCode: not(code) }),
    refusal(MfaVerifyError, 'invalid_grant', 'Invalid binding_code.'),
  );
  const tokens = await auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: enrolled.oobCode, bindingCode: code });
  assert.equal(tokens.claims.email, 'sara@people.test');

  // Text messages and calls are two authenticators of one number; of the number a list shows the end.
  const next = await password('sara@people.test');
  const all = await auth0.mfa.listAuthenticators({ mfaToken: next.mfaToken });
  assert.deepEqual(all.map(({ id, active, name }) => [id.split('|')[0], active, name]), [
    ['sms', true, 'XXXXX0101'],
    ['voice', true, 'XXXXX0101'],
    ['recovery-code', true, undefined],
  ]);
});

test('the authenticator that is challenged decides how the code comes', async () => {
  const number = '+15550102'; // came with the user, as an import brings it
  const { mfaToken } = await password('sven@people.test');
  const all = await auth0.mfa.listAuthenticators({ mfaToken });
  const voice = all.find(({ id }) => id.startsWith('voice|'));
  const challenge = await auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'oob', authenticatorId: voice.id });
  assert.deepEqual([challenge.challengeType, challenge.bindingMethod], ['oob', 'prompt']);
  const { channel, code } = await message(number);
  assert.equal(channel, 'voice');
  await auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: challenge.oobCode, bindingCode: code });
});

test('a new challenge ends the code of the one before', async () => {
  const number = '+15550102';
  const { mfaToken } = await password('sven@people.test');
  const challenged = () => auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'oob' });
  const before = await sent(number);
  const first = await challenged();
  const old = await message(number);
  const second = await challenged();
  const { code } = await message(number);
  assert.equal(await sent(number), before + 2);

  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: first.oobCode, bindingCode: old.code }),
    refusal(MfaVerifyError, 'invalid_grant', 'Malformed oob_code'),
  );
  const tokens = await auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: second.oobCode, bindingCode: code });
  assert.equal(tokens.claims.email, 'sven@people.test');
});
