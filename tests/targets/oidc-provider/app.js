// oidc-provider behind two ports: on PORT with the password grant, which the
// package leaves to its user to register; on the port after it without, as the
// package comes. Ours are the fixture data and the grant, written after the
// package's documentation; clients, parameters, refresh tokens, revocation and
// errors are the package's.
import { readFileSync } from 'node:fs';
import Provider, { errors } from 'oidc-provider';

const fixtures = JSON.parse(readFileSync(new URL('./fixtures.json', import.meta.url)));
const users = new Map(fixtures.users.map((user) => [user.username, user]));
const account = (id) => ({ accountId: id, claims: async () => ({ sub: id, email: id }) });
const scopes = ['openid', 'offline_access', 'email', ...fixtures.scopes];

// A client has one way to authenticate here, so the first has a twin that uses the header.
const clients = (grants) => {
  const of = (id, secret, method, own = grants) => ({
    client_id: id,
    ...(secret && { client_secret: secret }),
    token_endpoint_auth_method: method,
    grant_types: own,
    redirect_uris: [],
    response_types: [],
  });
  const listed = fixtures.clients.map((one) =>
    of(one.id, one.secret, one.secret ? 'client_secret_post' : 'none', one.grants));
  return [...listed, of('conformance-basic', fixtures.clients[0].secret, 'client_secret_basic')];
};

const provider = (port, grants) => {
  const made = new Provider(`http://127.0.0.1:${port}`, {
    clients: clients(grants),
    scopes,
    claims: { openid: ['sub'], email: ['email'] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    findAccount: async (ctx, id) => (users.has(id) ? account(id) : undefined),
    issueRefreshToken: async () => true,
    cookies: { keys: ['test'] },
    ttl: { AccessToken: fixtures.access_token_seconds, RefreshToken: 86400, Grant: 86400, IdToken: 3600 },
  });
  made.on('server_error', (ctx, error) => console.error(error));
  return made;
};

const port = Number(process.env.PORT);
const serving = provider(port, ['password', 'refresh_token']);

async function password(ctx) {
  const { username, password: secret, scope } = ctx.oidc.params;
  for (const [name, value] of Object.entries({ username, password: secret })) {
    if (!value) throw new errors.InvalidRequest(`missing required parameter(s) '${name}'`);
  }
  const user = users.get(username);
  if (!user || user.password !== secret) throw new errors.InvalidGrant('invalid credentials provided');
  const { client } = ctx.oidc;
  const asked = scope ? scope.split(' ') : fixtures.scopes;
  const granted = asked.filter((one) => scopes.includes(one));
  if (!granted.length) throw new errors.InvalidScope('requested scope is not allowed', scope);
  const who = account(username);
  ctx.oidc.entity('Account', who);
  const grant = new serving.Grant({ accountId: who.accountId, clientId: client.clientId });
  grant.addOIDCScope(granted.join(' '));
  const grantId = await grant.save();
  ctx.oidc.entity('Grant', grant);
  const common = { accountId: who.accountId, client, grantId, gty: 'password', scope: granted.join(' '), claims: {} };
  const now = Math.floor(Date.now() / 1000);
  const access = new serving.AccessToken(common);
  const refresh = new serving.RefreshToken({ ...common, rotations: 0, iiat: now, authTime: now });
  ctx.oidc.entity('AccessToken', access);
  ctx.oidc.entity('RefreshToken', refresh);
  ctx.body = {
    access_token: await access.save(),
    expires_in: access.expiration,
    token_type: access.tokenType,
    scope: access.scope,
    refresh_token: await refresh.save(),
  };
}
serving.registerGrantType('password', password, ['username', 'password', 'scope']);
serving.listen(port, '127.0.0.1');
provider(port + 1, ['refresh_token']).listen(port + 1, '127.0.0.1');
