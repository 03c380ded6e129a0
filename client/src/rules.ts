import type {
	PageSize,
	Preview,
	Reaction,
	ReactionRequest,
	Schedule,
	ScheduleRequest,
	Trial,
} from "./api/index.ts";
import { at, newKey } from "./commands.ts";
import type { Transport } from "./transport.ts";

export interface InVersion {
	/** Only if the stored document has this version; otherwise 412. */
	readonly version?: number | undefined;
}

const ifMatch = ({ version }: InVersion): { headers?: Record<string, string> } =>
	version === undefined ? {} : { headers: { "if-match": `"${version}"` } };

/** What can be done with every kind of stored document. */
function documents<Wanted extends object, Stored>({ request, list }: Transport, path: string) {
	return {
		list: (page: PageSize = {}) => list<Stored>(path, page),
		get: (id: string) => request<Stored>("GET", at(path, id)),
		/** @param body an object, or JSON text where the digits of its numbers matter. */
		create: (body: Wanted | string, { idempotencyKey = newKey() } = {}) =>
			request<Stored>("POST", path, { body, idempotencyKey }),
		replace: (id: string, body: Wanted | string, options: InVersion = {}) =>
			request<Stored>("PUT", at(path, id), {
				body,
				repeatable: options.version === undefined,
				...ifMatch(options),
			}),
		delete: (id: string, options: InVersion = {}) =>
			request<void>("DELETE", at(path, id), ifMatch(options)),
	};
}

export function ruleCalls(transport: Transport) {
	const { request } = transport;
	const schedules = "/v1/schedules";
	const change = (verb: string, repeatable: boolean) => (id: string) =>
		request<Schedule>("POST", at(schedules, id, `/${verb}`), { repeatable });
	return {
		schedules: {
			...documents<ScheduleRequest, Schedule>(transport, schedules),
			pause: change("pause", true),
			resume: change("resume", true),
			/** Leaves out exactly the next run. */
			skip: change("skip", false),
			preview: (id: string, query: { readonly count?: number } = {}) =>
				request<Preview>("GET", at(schedules, id, "/preview"), { query }),
		},
		reactions: {
			...documents<ReactionRequest, Reaction>(transport, "/v1/reactions"),
			/** What a sample event would send; nothing is sent. */
			test: (id: string, event: object | string) =>
				request<Trial>("POST", at("/v1/reactions", id, "/test"), { body: event, repeatable: true }),
		},
	};
}
