// The running server: a client of the SDK that talks to it, and what its control listener lets a test do (read the messages
// that were sent, answer on a phone, let time pass). `lane` starts it and hands over its ready line.

import { AuthClient, isMfaRequiredError } from '@auth0/auth0-auth-js';

/** The line by which the server said that it is ready. */
export const ready = JSON.parse(process.env.ROPG_READY ?? (() => { throw new Error('run tests/sdk/lane: it starts the server'); })());
const [tenant] = ready.tenants;

/** `localhost:PORT`: the SDK takes a domain, and puts `https://` before it. */
export const domain = `localhost:${new URL(tenant.https_url).port}`;

/** As an application has it. */
export const auth0 = new AuthClient({ domain, clientId: 'app', clientSecret: 'app-secret-for-tests-only' });

/**
 * The first step of every login here: the password is right, and a second factor is wanted.
 * Returns `mfaToken` for what follows, and `requirements`: which factors would do, or could be enrolled.
 */
export async function password(user, options = {}) {
  try {
    await auth0.getTokenByPassword({ username: user, password: 'Correct-Horse-9', ...options });
  } catch (error) {
    if (!isMfaRequiredError(error)) throw error;
    return { mfaToken: error.cause.mfa_token, requirements: error.cause.mfa_requirements };
  }
  throw new Error(`${user} got tokens for a password alone`);
}

/** What the token endpoint or `/mfa/*` refuses, for `assert.rejects`: the error's class, the code, the text. */
export function refusal(kind, error, description) {
  return (thrown) => {
    const got = [thrown.constructor.name, thrown.cause?.error, thrown.cause?.error_description];
    const wanted = [kind.name, error, description];
    if (wanted.every((word, place) => word === undefined || word === got[place])) return true;
    throw new Error(`wanted ${wanted.join(' | ')}, got ${got.join(' | ')}`, { cause: thrown });
  };
}

/** What the access token opens: the API answers with the token's subject and scopes. */
export async function orders(accessToken) {
  const response = await fetch(`https://${domain}/api/Orders/orders`, { headers: { authorization: `Bearer ${accessToken}` } });
  return { status: response.status, body: await response.json() };
}

/** The latest message to a phone number, to an address, or to a phone by the id of its authenticator; waits for the first. */
export async function message(to) {
  const { messages } = await control(`outbox?to=${encodeURIComponent(to)}&wait=5s`);
  const latest = messages.at(-1);
  if (!latest) throw new Error(`nothing was sent to ${to}`);
  return latest;
}

/** How many messages went there. */
export async function sent(to) {
  return (await control(`outbox?to=${encodeURIComponent(to)}`)).messages.length;
}

/** What a user does on a phone: `{ scan, device }`, `{ accept: transaction }` or `{ reject: transaction }`. */
export function phone(act) {
  return control('push', act);
}

/** The server's time, in seconds since 1970. */
export async function now() {
  return Date.parse((await control('clock')).now) / 1000;
}

/** Lets time pass at the server; nobody waits. */
export async function pass(seconds) {
  await control('clock', { advance: seconds });
}

async function control(path, body) {
  const response = await fetch(`${ready.control_url}/tenants/${encodeURIComponent(tenant.name)}/${path}`, body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}
