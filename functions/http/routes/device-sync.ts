import { type ExactObject, exactNumber } from "../../../shared/json/exact.ts";
import { newSync, registryAge, type Sync, toRead } from "../../../shared/registry/sync.ts";
import type { Stored } from "../../../shared/stored.ts";
import { json } from "../answers.ts";
import type { HttpDeps } from "../deps.ts";
import { etag } from "../preconditions.ts";
import { route } from "../route.ts";
import { exampleSync, syncSchema } from "./device-document.ts";

const PATH = "/v1/devices/sync";

const startSync = route({
	method: "POST",
	path: PATH,
	operationId: "syncDevices",
	summary: "Read the platform's lists of devices, tags and groups into the registry",
	description:
		"It goes on by itself, within the limits of the lists (about 400 devices a second). There is one at a time: where one is under way, that is the answer",
	scope: "devices:write",
	answers: () => ({
		202: {
			description: "It is under way; `GET` of the same address says how far",
			schema: syncSchema,
			example: exampleSync,
			headers: ["Location"],
		},
	}),
	async handle(deps, { caller }) {
		const { document } = await begin(deps, caller.name);
		await deps.worker.resume(document.id);
		return json(syncView(document), 202, { location: PATH });
	},
});

const getSync = route({
	method: "GET",
	path: PATH,
	operationId: "getDeviceSync",
	summary: "Get the last sync of the registry: how far it is",
	scope: "devices:read",
	answers: () => ({
		200: {
			description: "The sync; `state` is `none` where there was none",
			schema: syncSchema,
			example: exampleSync,
			headers: ["ETag"],
		},
	}),
	async handle(deps) {
		const stored = await deps.syncs.last();
		if (!stored) return json({ state: "none", read: exactNumber("0") });
		const { document, version } = stored;
		// Whoever waits for it need not wait for the tick where nobody works on it.
		if (document.wakeAt !== undefined && document.wakeAt <= deps.clock.now()) {
			await deps.worker.resume(document.id);
		}
		return json(syncView(document), 200, { etag: etag(version) });
	},
});

export const deviceSyncRoutes = [startSync, getSync];

/** The sync that is under way, or a new one. */
async function begin({ syncs, clock }: HttpDeps, by: string): Promise<Stored<Sync>> {
	for (;;) {
		const last = await syncs.last();
		if (last?.document.state === "running") return last;
		const fresh = newSync(clock.now(), by, last?.document);
		const stored = last ? await syncs.replace(last, fresh) : await syncs.create(fresh);
		if (stored) return stored;
	}
}

function syncView(sync: Sync): ExactObject {
	const { state, step, by, error, endedAt, completed } = sync;
	return {
		state,
		...(state === "running" ? { step } : {}),
		read: number(sync.read),
		...(sync.step === "products" ? {} : { devices: number(toRead(sync)) }),
		products: number(sync.products.length),
		groups: number(sync.groups.length),
		removed: number(sync.removed),
		...(error ? { error: { ...error } } : {}),
		...(by === undefined ? {} : { by }),
		startedAt: time(sync.startedAt),
		updatedAt: time(sync.updatedAt),
		...(endedAt === undefined ? {} : { endedAt: time(endedAt) }),
		...(completed === undefined ? {} : { syncedAt: time(completed) }),
	};
}

/** How old what a query goes by is, and why it may be wrong. */
export async function registryView({ syncs, clock }: HttpDeps): Promise<ExactObject> {
	const { syncedAt, mayBeStale } = registryAge((await syncs.last())?.document, clock.now());
	return {
		...(syncedAt === undefined ? {} : { syncedAt: time(syncedAt) }),
		mayBeStale: mayBeStale !== undefined,
		...(mayBeStale === undefined ? {} : { reason: mayBeStale }),
	};
}

const number = (count: number) => exactNumber(String(count));
const time = (ms: number) => new Date(ms).toISOString();
