// A session over grpc-js: what a trading bot needs of the daemon, without a line of the project's own code.
import protobuf from 'protobufjs';
import { join } from 'node:path';
import { credentials, daemonProtos, grpc, interopProtos, load, unary } from '../clients/grpc.mjs';

const files = ['session', 'signing', 'grant', 'audit', 'custody', 'admin'].map(
  (name) => `sessionsigner/v1/${name}_service.proto`,
);
const deadlineMs = 30_000;

const statusType = protobuf.loadSync(join(interopProtos, 'google/rpc/status.proto')).lookupType('google.rpc.Status');
const denialType = protobuf.loadSync(join(daemonProtos, 'sessionsigner/v1/denial.proto')).lookupType('sessionsigner.v1.Denial');

/** Calls of one identity: { sessions, signing, grants, audit, custody, admin }. */
export function connect({ target, authority, certificate, key }) {
  const api = load(daemonProtos, ...files).sessionsigner.v1;
  const identity = credentials(authority, certificate, key);
  const stub = (Service) => {
    const client = new Service(target, identity);
    return (method, request) =>
      unary(client, method, request, { deadline: Date.now() + deadlineMs }).then(({ answer }) => answer);
  };
  return {
    sessions: stub(api.SessionService),
    signing: stub(api.SigningService),
    grants: stub(api.GrantService),
    audit: stub(api.AuditService),
    custody: stub(api.CustodyService),
    admin: stub(api.AdminService),
  };
}

/** The typed denial inside a failed call, or undefined. */
export function denialOf(error) {
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
  if (!bytes) return undefined;
  const detail = statusType.decode(bytes).details.find(({ type_url }) => type_url.endsWith('/sessionsigner.v1.Denial'));
  return detail && denialType.toObject(denialType.decode(detail.value), { enums: String, longs: String, defaults: true });
}

/** Expects a call to be refused and gives { code, reason, rule, observed, limit, headroom }. */
export async function refusalOf(call) {
  try {
    await call;
  } catch (error) {
    const denial = denialOf(error);
    return {
      code: grpc.status[error.code],
      reason: denial?.reason.replace('DENIAL_REASON_', '') ?? '',
      rule: denial?.rule ?? '',
      observed: denial?.observed ?? '',
      limit: denial?.limit ?? '',
      headroom: denial?.headroom ?? '',
    };
  }
  throw new Error('the call was not refused');
}
