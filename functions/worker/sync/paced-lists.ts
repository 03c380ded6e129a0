import type { Clock } from "../../../shared/clock.ts";
import { IotError, type PlatformLists } from "../../../shared/iot/platform.ts";
import { verdictOf } from "../../../shared/iot/verdict.ts";
import { retry } from "../../../shared/retry/retry.ts";
import { Pace } from "./pace.ts";

/**
 * Calls a second. The account may make 50 of QueryDevice, 5 of the lists of
 * groups, and 500 of QueryDeviceProp; each has its own limit, apart from that
 * of commands, and leaves some of it to others (IoT Platform, "Limits").
 */
const DEVICE_LISTS_PER_SECOND = 25;
const GROUP_LISTS_PER_SECOND = 4;
const TAGS_PER_SECOND = 400;
const RETRIES = 5;
const BACKOFF = { minTimeout: 500, maxTimeout: 10_000 };

/** The platform's lists within their limits; what may pass is asked again. */
export function pacedLists(lists: PlatformLists, clock: Clock): PlatformLists {
	const devices = new Pace(DEVICE_LISTS_PER_SECOND, clock);
	const groups = new Pace(GROUP_LISTS_PER_SECOND, clock);
	const tags = new Pace(TAGS_PER_SECOND, clock);
	const ask = <T>(pace: Pace, query: () => Promise<T>): Promise<T> =>
		retry(
			async () => {
				await pace.turn();
				return query();
			},
			{ ...BACKOFF, retries: RETRIES, shouldRetry: mayPass },
		);
	return {
		products: (at) => ask(groups, () => lists.products(at)),
		devices: (productKey, at) => ask(devices, () => lists.devices(productKey, at)),
		tags: (device) => ask(tags, () => lists.tags(device)),
		groups: (at) => ask(groups, () => lists.groups(at)),
		devicesOfGroup: (group, at) => ask(groups, () => lists.devicesOfGroup(group, at)),
	};
}

/** A query changes nothing: also one whose answer was lost may be made again. */
export const mayPass = (error: unknown): boolean =>
	error instanceof IotError && !FINAL.has(verdictOf(error.result));

const FINAL: ReadonlySet<ReturnType<typeof verdictOf>> = new Set(["permanent", "device-state"]);
