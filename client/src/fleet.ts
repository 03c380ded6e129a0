import type {
	Device,
	DeviceSync,
	Forecast,
	Job,
	JobDevice,
	JobRequest,
	PageSize,
	State,
	TimelineEntry,
} from "./api/index.ts";
import { at, newKey } from "./commands.ts";
import type { Transport } from "./transport.ts";

export interface DeviceName {
	readonly productKey: string;
	readonly deviceName: string;
}

export function fleetCalls({ request, list }: Transport) {
	const jobs = "/v1/jobs";
	const device = ({ productKey, deviceName }: DeviceName) =>
		at(at("/v1/devices", productKey), deviceName);
	const change = (verb: string, repeatable: boolean) => (id: string) =>
		request<Job>("POST", at(jobs, id, `/${verb}`), { repeatable });
	return {
		jobs: {
			list: (page: PageSize = {}) => list<Job>(jobs, page),
			get: (id: string) => request<Job>("GET", at(jobs, id)),
			/** @param body an object, or JSON text where the digits of its numbers matter. */
			create: (body: JobRequest | string, { idempotencyKey = newKey() } = {}) =>
				request<Job>("POST", jobs, { body, idempotencyKey }),
			/** What it would do; nothing is sent. */
			forecast: (body: JobRequest | string) =>
				request<Forecast>("POST", `${jobs}/forecast`, { body, repeatable: true }),
			devices: (id: string, query: PageSize & { readonly state?: State } = {}) =>
				list<JobDevice>(at(jobs, id, "/devices"), query),
			/** Lets the next wave begin. */
			approve: change("approve", false),
			pause: change("pause", true),
			resume: change("resume", true),
			cancel: change("cancel", true),
			retry: change("retry", false),
		},
		devices: {
			list: (query: PageSize & { readonly query?: string } = {}) =>
				list<Device>("/v1/devices", query),
			get: (name: DeviceName) => request<Device>("GET", device(name)),
			/** Newest first. */
			timeline: (
				name: DeviceName,
				query: PageSize & { readonly since?: string; readonly until?: string } = {},
			) => list<TimelineEntry>(`${device(name)}/timeline`, query),
			/** Has the platform's lists read into the registry; `synced` says how far it is. */
			sync: () => request<DeviceSync>("POST", "/v1/devices/sync", { repeatable: true }),
			/** The last sync. */
			synced: () => request<DeviceSync>("GET", "/v1/devices/sync"),
		},
	};
}
