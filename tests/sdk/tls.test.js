// The server speaks HTTPS by an authority of its own. A client trusts it by NODE_EXTRA_CA_CERTS, as everything here does.

import assert from 'node:assert/strict';
import { get } from 'node:https';
import { test } from 'node:test';
import { AuthClient } from '@auth0/auth0-auth-js';

import { domain, ready } from './server.js';

const port = new URL(`https://${domain}`).port;

test('each loopback name is in the certificate, and is an issuer', async () => {
  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    const auth0 = new AuthClient({ domain: `${host}:${port}`, clientId: 'app', clientSecret: 'app-secret-for-tests-only' });
    const metadata = await auth0.getServerMetadata();
    assert.equal(metadata.issuer, `https://${host}:${port}/`);
    assert.equal(metadata.token_endpoint, `https://${host}:${port}/oauth/token`);
  }
});

test('whoever was not told of the authority does not trust it', async () => {
  const failed = await new Promise((told) => {
    get(`https://${domain}/.well-known/openid-configuration`, { ca: [] }, told).on('error', told);
  });
  assert.equal(failed.code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});

test('plain HTTP is spoken on the same port', async () => {
  const response = await fetch(`http://${domain}/.well-known/openid-configuration`);
  assert.equal((await response.json()).issuer, ready.issuer.replace('127.0.0.1', 'localhost'));
});
