// A certified OpenID Connect provider with the people that its first argument lists.
import { Provider } from "oidc-provider";

const { port, people, client, secret, redirect } = JSON.parse(process.argv[2]);
const issuer = `http://localhost:${port}`;

const provider = new Provider(issuer, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect] }],
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"] },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, ...people[id] }),
  }),
});

provider.listen(port, "127.0.0.1", () => console.log("ready"));
