// An express application with nothing in it but the token endpoint of
// @node-oauth/oauth2-server. Ours are the fixture data and the model, the
// storage interface the package asks its user for; the protocol is the package's.
'use strict';
const express = require('express');
const OAuthServer = require('@node-oauth/express-oauth-server');
const fixtures = require('./fixtures.json');

const grants = ['password', 'refresh_token'];
const clients = new Map(fixtures.clients.map((c) => [c.id, { grants, ...c }]));
const users = new Map(fixtures.users.map((u) => [u.username, u]));
const byRefreshToken = new Map();

const model = {
  async getClient(id, secret) {
    const client = clients.get(id);
    return client && client.secret === (secret || null) ? client : null;
  },
  async getUser(username, password) {
    const user = users.get(username);
    return user && user.password === password ? { username } : null;
  },
  // The package answers without a scope when the model has none to say; a
  // login that asks for none gets them all.
  async validateScope(user, client, scope = fixtures.scopes) {
    return scope.every((s) => fixtures.scopes.includes(s)) && scope;
  },
  async saveToken(token, client, user) {
    const saved = { ...token, client: { id: client.id }, user };
    byRefreshToken.set(saved.refreshToken, saved);
    return saved;
  },
  async getRefreshToken(refreshToken) {
    return byRefreshToken.get(refreshToken);
  },
  async revokeToken(token) {
    return byRefreshToken.delete(token.refreshToken);
  },
};

const oauth = new OAuthServer({ model, accessTokenLifetime: fixtures.access_token_seconds });
// By default the package wants a secret from every client; this is its own
// option for letting the public client, and only that one, in without.
const confidential = oauth.token();
const unauthenticated = oauth.token({
  requireClientAuthentication: { password: false, refresh_token: false },
});

const app = express();
app.use(express.urlencoded({ extended: false }));
app.all('/oauth/token', (req, res, next) => {
  const client = clients.get((req.body || {}).client_id);
  return (client && client.secret === null ? unauthenticated : confidential)(req, res, next);
});
app.listen(Number(process.env.PORT), '127.0.0.1');
