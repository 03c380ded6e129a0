import type {
	AuditEntry,
	Command,
	CreatedKey,
	DeadLetter,
	Key,
	KeyRequest,
	PageSize,
	Quota,
} from "./api/index.ts";
import { at } from "./commands.ts";
import type { Transport } from "./transport.ts";

export function accountCalls({ request, list }: Transport) {
	const letters = "/v1/dead-letters";
	return {
		keys: {
			list: (page: PageSize = {}) => list<Key>("/v1/keys", page),
			/** Not repeated where nobody knows whether it was done: the secret is shown once. */
			create: (body: KeyRequest) => request<CreatedKey>("POST", "/v1/keys", { body }),
			delete: (id: string) => request<void>("DELETE", at("/v1/keys", id)),
		},
		deadLetters: {
			list: (page: PageSize = {}) => list<DeadLetter>(letters, page),
			get: (id: string) => request<DeadLetter>("GET", at(letters, id)),
			/** Twice gives the same command. */
			redrive: (id: string, { wait }: { readonly wait?: number | undefined } = {}) =>
				request<Command>("POST", at(letters, id, "/redrive"), { wait, repeatable: true }),
		},
		quota: () => request<Quota>("GET", "/v1/quota"),
		audit: (page: PageSize = {}) => list<AuditEntry>("/v1/audit", page),
		healthz: () => request<{ status: string }>("GET", "/healthz"),
	};
}
