import { deviceKey } from "../../../shared/command/device.ts";
import { isId } from "../../../shared/ids.ts";
import type { ExactObject } from "../../../shared/json/exact.ts";
import { type Device, newDevice } from "../../../shared/registry/device.ts";
import { parseQuery, type Query, QueryError } from "../../../shared/registry/query.ts";
import { DamagedRow, idOf, type Listed } from "../../../shared/store/document-store.ts";
import type { Stored } from "../../../shared/stored.ts";
import * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import { listedView } from "../damaged.ts";
import type { HttpDeps } from "../deps.ts";
import { longPage, pageAnswer, pageFields, readCursor } from "../list.ts";
import { etag } from "../preconditions.ts";
import { invalid, Problem } from "../problem.ts";
import { type Caller, route } from "../route.ts";
import { isAgeKey, moment, momentOf } from "./command-query.ts";
import { documentsPage, pageDocument } from "./common-document.ts";
import {
	deviceSchema,
	exampleDevice,
	exampleEntry,
	registryPage,
	timelineEntry,
} from "./device-document.ts";
import { deviceSyncRoutes, registryView } from "./device-sync.ts";
import { timelineOf } from "./device-timeline.ts";

const DAY_MS = 86_400_000;
/** A page that must look at more devices than this ends early and says where it stopped. */
const MAX_LOOKED_AT = 20_000;
const CHUNK = 1_000;

const listDevices = route({
	method: "GET",
	path: "/v1/devices",
	operationId: "listDevices",
	summary: "List the devices that are known, by a query",
	scope: "devices:read",
	withinProducts: true,
	query: z.strictObject({ ...pageFields, query: z.optional(z.string().check(z.maxLength(2_000))) }),
	answers: () => registryPage(documentsPage("devices", deviceSchema, exampleDevice)),
	async handle(deps, { query: { query, limit, cursor }, request, caller }) {
		const isMeant = readQuery(query);
		const registry = await registryView(deps);
		const page = async (devices: ReadonlyArray<Listed<Device>>, next: string | undefined) =>
			pageAnswer(request.url, { devices: await shownAll(devices), registry }, next);
		let olderThan = cursor === undefined ? undefined : readCursor(cursor, isId);
		const found: Array<Listed<Device>> = [];
		for (let looked = 0; looked < MAX_LOOKED_AT; looked += CHUNK) {
			const some = await deps.devices.list(CHUNK, olderThan);
			for (const one of some) {
				if (!isShown(one, caller, (device) => isMeant(device, deps.clock.now()))) continue;
				if (found.length === limit) return page(found, lastOf(found));
				found.push(one);
			}
			olderThan = lastOf(some);
			if (some.length < CHUNK) return page(found, undefined);
		}
		return page(found, olderThan);
	},
});

const getDevice = route({
	method: "GET",
	path: "/v1/devices/{productKey}/{deviceName}",
	operationId: "getDevice",
	summary: "Get a device as it was last heard of",
	scope: "devices:read",
	withinProducts: true,
	answers: () => ({
		200: {
			description: "The device",
			schema: deviceSchema,
			example: exampleDevice,
			headers: ["ETag"],
		},
	}),
	problems: ["not-found"],
	async handle(deps, { params, caller }) {
		requireProduct(caller, params);
		const { document, version } = await load(deps, params);
		return json(deviceView(document), 200, { etag: etag(version) });
	},
});

const getTimeline = route({
	method: "GET",
	path: "/v1/devices/{productKey}/{deviceName}/timeline",
	operationId: "getTimeline",
	summary:
		"List what happened to a device and why, newest first; of the last day, if nothing else is said",
	scope: "devices:read",
	withinProducts: true,
	query: z.strictObject({
		since: z.optional(moment),
		until: z.optional(moment),
		limit: longPage(1_000, 1_000),
		cursor: pageFields.cursor,
	}),
	answers: () => pageDocument("timeline", timelineEntry, exampleEntry),
	problems: ["not-found"],
	async handle(deps, { params, query: { since, until, limit, cursor }, request, caller }) {
		requireProduct(caller, params);
		const now = deps.clock.now();
		const device = await known(deps, params);
		const end = until === undefined ? now + 1 : momentOf(until, now);
		const begin = since === undefined ? end - DAY_MS : momentOf(since, now);
		const { entries, next } = await timelineOf(
			deps,
			device ?? newDevice(params.productKey, params.deviceName, now),
			{ since: begin, until: end },
			limit,
			cursor === undefined ? undefined : readCursor(cursor, isAgeKey),
		);
		return pageAnswer(request.url, { timeline: [...entries] }, next);
	},
});

export const deviceRoutes = [listDevices, ...deviceSyncRoutes, getDevice, getTimeline];

/** Of a damaged one nobody can tell whose it is, or that it does not match. */
const isShown = (one: Listed<Device>, caller: Caller, isMeant: (device: Device) => boolean) =>
	one instanceof DamagedRow
		? !caller.products
		: isOf(caller, one.document) && isMeant(one.document);

function lastOf(devices: ReadonlyArray<Listed<Device>>): string | undefined {
	const last = devices.at(-1);
	return last && idOf(last);
}

async function shownAll(devices: ReadonlyArray<Listed<Device>>) {
	const view = ({ document }: Stored<Device>) => deviceView(document);
	return Promise.all(devices.map((one) => listedView(one, view)));
}

/** @throws Problem */
function readQuery(text: string | undefined): Query {
	if (text === undefined || text.trim() === "") return () => true;
	try {
		return parseQuery(text);
	} catch (error) {
		if (!(error instanceof QueryError)) throw error;
		throw invalid([{ pointer: "/query", detail: error.message }]);
	}
}

/** Whether a device is of the products that the caller's key may be limited to; the registry knows which it is. */
const isOf = ({ products }: Caller, { productKey }: { readonly productKey: string }): boolean =>
	products?.includes(productKey) ?? true;

/** To a key that is limited to products, devices of others do not exist. @throws Problem */
function requireProduct(
	caller: Caller,
	device: { readonly productKey: string; readonly deviceName: string },
): void {
	if (!isOf(caller, device)) throw unknown(device);
}

/** Its commands are shown also where it is not known, or damaged. */
async function known(
	{ devices }: HttpDeps,
	{ productKey, deviceName }: { readonly productKey: string; readonly deviceName: string },
): Promise<Device | undefined> {
	try {
		return (await devices.find(productKey, deviceName))?.document;
	} catch (error) {
		if (error instanceof DamagedRow) return undefined;
		throw error;
	}
}

async function load(
	{ devices }: HttpDeps,
	device: { readonly productKey: string; readonly deviceName: string },
): Promise<Stored<Device>> {
	const stored = await devices.find(device.productKey, device.deviceName);
	if (stored) return stored;
	throw unknown(device);
}

const unknown = (device: { readonly productKey: string; readonly deviceName: string }) =>
	new Problem("not-found", `the device ${deviceKey(device)} is not known here`);

function deviceView(device: Device): ExactObject {
	const { productKey, deviceName, iotId, nickname, status, tags, groups } = device;
	return {
		productKey,
		deviceName,
		...(iotId === undefined ? {} : { iotId }),
		...(nickname === undefined ? {} : { nickname }),
		status,
		...at("statusAt", device.statusAt),
		...at("lastSeen", device.lastSeen),
		tags: { ...tags },
		groups: [...groups],
		...at("updatedAt", device.updatedAt),
		...at("syncedAt", device.syncedAt),
	};
}

const at = (name: string, ms: number | undefined) =>
	ms === undefined ? {} : { [name]: new Date(ms).toISOString() };
