// What is wrong, and what a client library tells of it. Nothing is enrolled, sent or used up by a request that is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthClient, MfaChallengeError, MfaEnrollmentError, MfaListAuthenticatorsError, MfaVerifyError, TokenByPasswordError } from '@auth0/auth0-auth-js';

import { code, not } from './app.js';
import { auth0, domain, message, now, pass, password, refusal, sent } from './server.js';

const nina = 'nina@people.test';
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const number = '+15550103';

test('a wrong password is answered as one, with no word of a second factor', async () => {
  await assert.rejects(
    auth0.getTokenByPassword({ username: nina, password: 'wrong' }),
    refusal(TokenByPasswordError, 'invalid_grant', 'Wrong email or password.'),
  );
});

test('a token that nobody issued opens nothing', async () => {
  const mfaToken = 'Fe26.2*garbage';
  const invalid = 'The mfa_token provided is invalid. Try getting a new token.';
  await assert.rejects(auth0.mfa.listAuthenticators({ mfaToken }), refusal(MfaListAuthenticatorsError, 'invalid_grant', invalid));
  await assert.rejects(auth0.mfa.enrollAuthenticator({ mfaToken, authenticatorTypes: ['otp'] }), refusal(MfaEnrollmentError, 'invalid_grant', invalid));
  await assert.rejects(auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'otp' }), refusal(MfaChallengeError, 'invalid_grant', invalid));
  await assert.rejects(auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: '123456' }), refusal(MfaVerifyError, 'invalid_grant', 'Malformed mfa_token'));
});

test('an application that cannot say who it is gets no challenge', async () => {
  const { mfaToken } = await password(nina);
  const impostor = new AuthClient({ domain, clientId: 'app', clientSecret: 'guessed' });
  const before = await sent(number);
  await assert.rejects(impostor.mfa.challengeAuthenticator({ mfaToken, challengeType: 'oob' }), refusal(MfaChallengeError, 'access_denied', 'Unauthorized'));
  assert.equal(await sent(number), before);
});

test('a login that one application began is nothing to another', async () => {
  const { mfaToken } = await password(nina);
  const other = new AuthClient({ domain, clientId: 'other', clientSecret: 'other-secret-for-tests-only' });
  await assert.rejects(
    other.mfa.verify({ mfaToken, factorType: 'otp', otp: code(secret, await now()) }),
    refusal(MfaVerifyError, 'invalid_request', 'mfa_token not issued to this client'),
  );
});

test('somebody else’s authenticator is unknown', async () => {
  const { mfaToken: hers } = await password(nina);
  const [app] = await auth0.mfa.listAuthenticators({ mfaToken: hers });
  const { mfaToken } = await password('nils@people.test');
  await assert.rejects(
    auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'otp', authenticatorId: app.id }),
    refusal(MfaChallengeError, 'invalid_authenticator'),
  );
});

test('a code that was sent for one login completes no other', async () => {
  const nils = await password('nils@people.test');
  const challenge = await auth0.mfa.challengeAuthenticator({ mfaToken: nils.mfaToken, challengeType: 'oob' });
  const received = await message('+15550104');
  const other = await password(nina);
  const crossed = { factorType: 'oob', oobCode: challenge.oobCode, bindingCode: received.code };
  await assert.rejects(
    auth0.mfa.verify({ mfaToken: other.mfaToken, ...crossed }),
    refusal(MfaVerifyError, 'invalid_request', "The oob_code doesn't match the mfa_token"),
  );
  // It was refused, not used up.
  await auth0.mfa.verify({ mfaToken: nils.mfaToken, ...crossed });
});

test('a number that is none is told, and nothing is enrolled', async () => {
  const { mfaToken } = await password('noah@people.test');
  await assert.rejects(
    auth0.mfa.enrollAuthenticator({ mfaToken, authenticatorTypes: ['oob'], oobChannels: ['sms'], phoneNumber: 'call me' }),
    refusal(MfaEnrollmentError, 'invalid_request', 'The phone number is invalid.'),
  );
  assert.deepEqual(await auth0.mfa.listAuthenticators({ mfaToken }), []);
});

test('after ten wrong codes the right one waits too', async () => {
  const { mfaToken } = await password(nina);
  const right = code(secret, await now());
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await assert.rejects(
      auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: not(right) }),
      refusal(MfaVerifyError, 'invalid_grant', 'Invalid otp_code.'),
    );
  }
  const limited = refusal(MfaVerifyError, 'invalid_grant', 'Too many failed codes. Wait for some minutes before retrying.');
  await assert.rejects(auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: right }), limited);
  // One attempt comes back in six minutes.
  await pass(360);
  await auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: code(secret, await now()) });
});

test('a login that is begun ends in ten minutes', async () => {
  const { mfaToken } = await password(nina);
  await pass(600);
  await assert.rejects(
    auth0.mfa.verify({ mfaToken, factorType: 'otp', otp: code(secret, await now()) }),
    refusal(MfaVerifyError, 'expired_token', 'mfa_token is expired'),
  );
  await assert.rejects(
    auth0.mfa.challengeAuthenticator({ mfaToken, challengeType: 'otp' }),
    refusal(MfaChallengeError, 'expired_token', 'mfa_token is expired'),
  );
});
