import { idFrom } from "../ids.ts";
import * as z from "../zod.ts";

const optional = z.exactOptional;
/** Milliseconds since the epoch, as every time here. */
const time = z.number();

/** There is one sync at a time, and one row for it. */
export const SYNC_ID = idFrom("devices", "sync");

/** In this order. */
const SYNC_STEPS = ["products", "devices", "groups", "members", "gone"] as const;

/** The registry being read from the platform's lists, and how far it is. */
export const syncSchema = z.object({
	id: z.string(),
	state: z.enum(["running", "completed", "failed"]),
	/** Name of the API key. */
	by: optional(z.string()),
	step: z.enum(SYNC_STEPS),
	/** The product or group whose list is being read, and where in it. */
	index: z.number(),
	place: z.object({ page: z.number(), token: optional(z.string()) }),
	products: z.array(z.object({ productKey: z.string(), devices: z.number() })),
	groups: z.array(z.string()),
	/** Devices that were read. */
	read: z.number(),
	/** Devices that the platform knows no longer. */
	removed: z.number(),
	startedAt: time,
	updatedAt: time,
	endedAt: optional(time),
	/** When the last one began that was completed. */
	completed: optional(time),
	/** Why it failed, or what it is waiting for to pass. */
	error: optional(z.object({ code: z.string(), message: z.string() })),
	/** Set while somebody works on it. */
	lease: optional(z.object({ owner: z.string(), until: time })),
	/** When the tick must see to it; absent once it has ended. */
	wakeAt: optional(time),
});
export type Sync = Readonly<z.infer<typeof syncSchema>>;

/** @param last the one before. */
export const newSync = (now: number, by: string | undefined, last: Sync | undefined): Sync => ({
	id: SYNC_ID,
	state: "running",
	...(by === undefined ? {} : { by }),
	step: "products",
	index: 0,
	place: { page: 1 },
	products: [],
	groups: [],
	read: 0,
	removed: 0,
	startedAt: now,
	updatedAt: now,
	...(last?.completed === undefined ? {} : { completed: last.completed }),
	wakeAt: now,
});

/** Devices that there are to read, as far as is known. */
export const toRead = ({ products, read }: Sync): number =>
	Math.max(
		read,
		products.reduce((sum, { devices }) => sum + devices, 0),
	);

/** Messages may be lost, and groups come by a sync alone: after this the registry may be wrong. */
const STALE_AFTER_MS = 86_400_000;

/** How old the registry is. */
export interface RegistryAge {
	/** When the platform's lists were last read to their end; undefined: never. */
	readonly syncedAt: number | undefined;
	/** Why a query may miss devices, or find too many; undefined: nothing speaks for it. */
	readonly mayBeStale: string | undefined;
}

export function registryAge(sync: Sync | undefined, now: number): RegistryAge {
	const syncedAt = sync?.completed;
	return { syncedAt, mayBeStale: staleness(sync, syncedAt, now) };
}

function staleness(
	sync: Sync | undefined,
	syncedAt: number | undefined,
	now: number,
): string | undefined {
	if (syncedAt === undefined) {
		return sync?.state === "running"
			? "the first sync is under way"
			: "it was never synced: it knows the devices whose messages came, and no groups";
	}
	if (now - syncedAt <= STALE_AFTER_MS) return undefined;
	return "its last sync is more than a day old: what messages did not tell is missing";
}
