// A user who is logged in manages the factors: with an access token for the MFA API, which costs a second factor itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MfaDeleteAuthenticatorError, MfaEnrollmentError, MfaListAuthenticatorsError } from '@auth0/auth0-auth-js';

import { STEP, code } from './app.js';
import { auth0, domain, message, now, pass, password, refusal } from './server.js';

const user = 'mona@people.test';
const secret = 'KRUGKIDROVUWG2ZAMJZG653OEBTG66BA';
const number = '+15550105';
const audience = `https://${domain}/mfa/`;
const invalid = (kind) => refusal(kind, 'invalid_grant', 'The mfa_token provided is invalid. Try getting a new token.');

/** An access token for the MFA API. The SDK takes it where it takes an `mfaToken`. */
async function manager(scope) {
  const { mfaToken } = await password(user, { audience, scope });
  await pass(STEP);
  const tokens = await auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: code(secret, await now()) });
  assert.equal(tokens.scope, scope);
  return tokens.accessToken;
}

test('the token of a login adds no second factor and deletes none', async () => {
  const { mfaToken } = await password(user);
  await assert.rejects(
    auth0.mfa.enrollAuthenticator({ mfaToken, authenticatorTypes: ['oob'], oobChannels: ['sms'], phoneNumber: number }),
    refusal(MfaEnrollmentError, 'access_denied', 'User is already enrolled.'),
  );
  const [app] = await auth0.mfa.listAuthenticators({ mfaToken });
  await assert.rejects(auth0.mfa.deleteAuthenticator({ mfaToken, authenticatorId: app.id }), invalid(MfaDeleteAuthenticatorError));
  assert.deepEqual(await auth0.mfa.listAuthenticators({ mfaToken }), [app]);
});

test('an access token lists, adds and deletes', async () => {
  const mfaToken = await manager('enroll read:authenticators remove:authenticators');
  const kinds = async () => (await auth0.mfa.listAuthenticators({ mfaToken })).map(({ id, active }) => [id.split('|')[0], active]);
  assert.deepEqual(await kinds(), [['totp', true]]);

  const enrolled = await auth0.mfa.enrollAuthenticator({ mfaToken, authenticatorTypes: ['oob'], oobChannels: ['sms'], phoneNumber: number });
  assert.ok((await kinds()).some(([kind, active]) => kind === 'sms' && !active), 'it waits for its first code');
  const { code: received } = await message(number);
  const login = await password(user);
  await auth0.mfa.verify({ mfaToken: login.mfaToken, factorType: 'oob', oobCode: enrolled.oobCode, bindingCode: received });
  assert.ok((await kinds()).some(([kind, active]) => kind === 'sms' && active));

  // The number goes as a whole: text messages and calls.
  const all = await auth0.mfa.listAuthenticators({ mfaToken });
  const sms = all.find(({ id }) => id.startsWith('sms|'));
  await auth0.mfa.deleteAuthenticator({ mfaToken, authenticatorId: sms.id });
  assert.ok((await kinds()).every(([kind]) => kind !== 'sms' && kind !== 'voice'));
  await assert.rejects(
    auth0.mfa.deleteAuthenticator({ mfaToken, authenticatorId: sms.id }),
    refusal(MfaDeleteAuthenticatorError, 'invalid_authenticator'),
  );
});

test('each operation has a scope of its own, and the token a life of ten minutes', async () => {
  const mfaToken = await manager('read:authenticators');
  const [app] = await auth0.mfa.listAuthenticators({ mfaToken });
  await assert.rejects(
    auth0.mfa.deleteAuthenticator({ mfaToken, authenticatorId: app.id }),
    refusal(MfaDeleteAuthenticatorError, 'insufficient_scope'),
  );
  await assert.rejects(
    auth0.mfa.enrollAuthenticator({ mfaToken, authenticatorTypes: ['otp'] }),
    refusal(MfaEnrollmentError, 'insufficient_scope'),
  );
  await pass(600);
  await assert.rejects(auth0.mfa.listAuthenticators({ mfaToken }), refusal(MfaListAuthenticatorsError));
});

test('an address that was verified stays', async () => {
  // It is no factor that somebody enrolled, so this token costs the password alone.
  const scope = 'read:authenticators remove:authenticators';
  const tokens = await auth0.getTokenByPassword({ username: 'viola@people.test', password: 'Correct-Horse-9', audience, scope });
  const mfaToken = tokens.accessToken;
  const before = await auth0.mfa.listAuthenticators({ mfaToken });
  assert.equal(before.length, 1);
  await assert.rejects(
    auth0.mfa.deleteAuthenticator({ mfaToken, authenticatorId: before[0].id }),
    refusal(MfaDeleteAuthenticatorError, 'access_denied'),
  );
  assert.deepEqual(await auth0.mfa.listAuthenticators({ mfaToken }), before);
});

test('whoever deletes the last factor enrols anew at the next login', async () => {
  const mfaToken = await manager('read:authenticators remove:authenticators');
  const all = await auth0.mfa.listAuthenticators({ mfaToken });
  const app = all.find(({ id }) => id.startsWith('totp|'));
  await auth0.mfa.deleteAuthenticator({ mfaToken, authenticatorId: app.id });
  assert.deepEqual(await auth0.mfa.listAuthenticators({ mfaToken }), []);
  const { requirements } = await password(user);
  assert.ok(requirements.enroll.some(({ type }) => type === 'otp'));
});
