// A question on a phone: scanned once, then answered with yes or no while the application asks whether it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MfaVerifyError } from '@auth0/auth0-auth-js';

import { STEP, code } from './app.js';
import { auth0, message, now, pass, password, phone, refusal } from './server.js';

const user = 'paul@people.test';
/** How often the application asks, in seconds. */
const PAUSE = 10;
const pending = refusal(MfaVerifyError, 'authorization_pending', 'Authorization pending: please repeat the request in a few seconds.');

let phoneId; // of the authenticator that the scan made
let secret; // of the OTP that came with it

test('a user without a factor scans the barcode, says yes, and is logged in', async () => {
  const { mfaToken, requirements } = await password(user);
  assert.ok(requirements.enroll.some(({ type }) => type === 'push-notification'));
  const enrolled = await auth0.mfa.enrollAuthenticator({ mfaToken, authenticatorTypes: ['oob'], oobChannels: ['auth0'] });
  assert.deepEqual([enrolled.authenticatorType, enrolled.oobChannel, enrolled.bindingMethod], ['oob', 'auth0', undefined]);
  const asked = () => auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: enrolled.oobCode });
  await assert.rejects(asked(), pending);

  const scanned = await phone({ scan: new URL(enrolled.barcodeUri).searchParams.get('enrollment_tx_id'), device: 'Pixel' });
  secret = scanned.secret;
  await pass(PAUSE);
  const tokens = await asked();
  assert.equal(tokens.claims.email, user);

  const next = await password(user);
  const all = await auth0.mfa.listAuthenticators({ mfaToken: next.mfaToken });
  const device = all.find(({ id }) => id.startsWith('push|'));
  assert.deepEqual([device.active, device.name], [true, 'Pixel']);
  phoneId = device.id;
});

test('each later login waits for the phone', async () => {
  const { mfaToken } = await password(user);
  const challenge = await auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'oob' });
  assert.equal(challenge.bindingMethod, undefined, 'nobody types anything');
  const asked = () => auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: challenge.oobCode });
  await assert.rejects(asked(), pending);
  await pass(PAUSE);
  await assert.rejects(asked(), pending);

  const { transaction } = await message(phoneId);
  await phone({ accept: transaction });
  await pass(PAUSE);
  assert.equal((await asked()).claims.email, user);
});

test('no means no, however often it is asked', async () => {
  const { mfaToken } = await password(user);
  const challenge = await auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'oob' });
  const asked = () => auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: challenge.oobCode });
  const { transaction } = await message(phoneId);
  await phone({ reject: transaction });
  await assert.rejects(asked(), refusal(MfaVerifyError, 'access_denied', 'MFA Authorization rejected.'));
  await pass(PAUSE);
  await assert.rejects(asked(), refusal(MfaVerifyError));
});

test('whoever asks too often is told to slow down', async () => {
  const { mfaToken } = await password(user);
  const challenge = await auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'oob' });
  const asked = () => auth0.mfa.verify({ mfaToken, factorType: 'oob', oobCode: challenge.oobCode });
  for (let time = 0; time < 12; time += 1) await assert.rejects(asked(), pending);
  await assert.rejects(asked(), refusal(MfaVerifyError, 'slow_down'));
  await pass(PAUSE);
  await assert.rejects(asked(), pending);
});

test('without a network the phone shows a code instead', async () => {
  const { mfaToken } = await password(user);
  await pass(STEP);
  const tokens = await auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: code(secret, await now()) });
  assert.equal(tokens.claims.email, user);
});
