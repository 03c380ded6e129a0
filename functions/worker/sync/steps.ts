import type { Clock } from "../../../shared/clock.ts";
import type { DeviceRef } from "../../../shared/command/device.ts";
import { IotError, type ListedDevice, type PlatformLists } from "../../../shared/iot/platform.ts";
import { asListed, inGroup, withGroupsOf } from "../../../shared/registry/listed.ts";
import type { Sync } from "../../../shared/registry/sync.ts";
import type { DeviceStore } from "../../../shared/store/device-store.ts";
import { mayPass } from "./paced-lists.ts";

export interface StepDeps {
	readonly lists: PlatformLists;
	/** Who a device is; rejects for one that does not exist. */
	readonly identify: (device: DeviceRef) => Promise<unknown>;
	readonly devices: DeviceStore;
	readonly clock: Clock;
}

const FIRST = { index: 0, place: { page: 1 } } as const;

/**
 * One step: one page of a list. Done again after a crash, it does the same.
 * @throws IotError, TableError
 */
export async function stepOf(deps: StepDeps, sync: Sync): Promise<Sync> {
	const { lists } = deps;
	switch (sync.step) {
		case "products": {
			const { items, next } = await lists.products(sync.place);
			const products = [...sync.products, ...items];
			if (next) return { ...sync, products, place: next };
			return { ...sync, products, ...FIRST, step: "devices" };
		}
		case "devices": {
			const product = sync.products[sync.index];
			if (!product) return { ...sync, ...FIRST, step: "groups" };
			const readAt = deps.clock.now();
			const { items, next } = await lists.devices(product.productKey, sync.place);
			await Promise.all(items.map((device) => noteListed(deps, device, readAt)));
			const read = sync.read + items.length;
			if (next && items.length > 0) return { ...sync, read, place: next };
			return { ...sync, read, index: sync.index + 1, place: { page: 1 } };
		}
		case "groups": {
			const { items, next } = await lists.groups(sync.place);
			const groups = [...sync.groups, ...items];
			if (next) return { ...sync, groups, place: next };
			return { ...sync, groups, ...FIRST, step: "members" };
		}
		case "members":
			return members(deps, sync);
		case "gone":
			return conclude(deps, sync);
	}
}

async function noteListed(
	{ lists, devices, clock }: StepDeps,
	{ productKey, deviceName, ...facts }: ListedDevice,
	readAt: number,
): Promise<void> {
	const tags = await unlessGone(lists.tags({ productKey, deviceName }));
	const listed = { ...facts, ...(tags ? { tags } : {}) };
	const now = clock.now();
	await devices.note(productKey, deviceName, now, (device) =>
		asListed(device, listed, readAt, now),
	);
}

async function members(deps: StepDeps, sync: Sync): Promise<Sync> {
	const group = sync.groups[sync.index];
	if (group === undefined) return { ...sync, ...FIRST, step: "gone" };
	const found = await unlessGone(deps.lists.devicesOfGroup(group, sync.place));
	const { items = [], next } = found ?? {};
	const now = deps.clock.now();
	await Promise.all(
		items.map(({ productKey, deviceName }) =>
			deps.devices.note(productKey, deviceName, now, (device) =>
				inGroup(device, group, sync.startedAt),
			),
		),
	);
	if (next && items.length > 0) return { ...sync, place: next };
	return { ...sync, index: sync.index + 1, place: { page: 1 } };
}

/** Groups become what was found, and devices go that the platform does not know any more. */
async function conclude(deps: StepDeps, sync: Sync): Promise<Sync> {
	const { devices, clock } = deps;
	const now = clock.now();
	const listed = new Set(sync.products.map(({ productKey }) => productKey));
	let removed = 0;
	for await (const page of devices.all()) {
		for (const stored of page) {
			const device = stored.document;
			const wasRead = (device.syncedAt ?? 0) >= sync.startedAt;
			const isQuiet = !wasRead && device.updatedAt < sync.startedAt;
			if (isQuiet && listed.has(device.productKey) && (await isGone(deps, device))) {
				if (await devices.remove(stored)) removed++;
				continue;
			}
			const after = withGroupsOf(device, sync.startedAt, now);
			if (after === device || (await devices.replace(stored, after))) continue;
			await devices.note(device.productKey, device.deviceName, now, (found) =>
				withGroupsOf(found, sync.startedAt, now),
			);
		}
	}
	return { ...sync, removed, state: "completed", completed: sync.startedAt };
}

/** A list that changes while it is read can pass a device by: the platform is asked for it by name. */
const isGone = async (
	{ identify }: StepDeps,
	{ productKey, deviceName }: DeviceRef,
): Promise<boolean> =>
	(await unlessGone(
		identify({ ...(productKey ? { productKey } : {}), ...(deviceName ? { deviceName } : {}) }),
	)) === undefined;

/** @returns undefined if the platform says that there is no such thing. @throws IotError for all else */
async function unlessGone<T>(query: Promise<T>): Promise<T | undefined> {
	try {
		return await query;
	} catch (error) {
		if (error instanceof IotError && !mayPass(error) && /Not?Existed|Null/i.test(error.result.code))
			return undefined;
		throw error;
	}
}
