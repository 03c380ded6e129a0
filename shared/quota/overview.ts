import type { Clock } from "../clock.ts";
import { LANES, type Lane } from "../command/command.ts";
import type { Table } from "../table/table.ts";
import { newest } from "./draw-up.ts";
import { QuotaStore } from "./quota-store.ts";
import { RoundTrips } from "./round-trips.ts";
import { type LaneUsage, lastMinute } from "./usage.ts";

export interface QuotaOverview {
	/** The account's limit, in calls a second. */
	readonly limit: number;
	/** How much of it this bundle may use. */
	readonly share: number;
	/** Calls a second that are planned with now; null while no instance sends. */
	readonly rate: number | null;
	/** Instances that are sending. */
	readonly instances: number;
	readonly lastMinute: LaneUsage & { readonly lanes: Readonly<Record<Lane, LaneUsage>> };
}

/** What all instances say of themselves. @throws TableError */
export async function quotaOverview(
	limits: { readonly perSecond: number; readonly share: number },
	deps: { readonly table: Table; readonly clock: Clock },
): Promise<QuotaOverview> {
	const store = new QuotaStore(deps.table, deps.clock, new RoundTrips());
	const now = deps.clock.now();
	const [rows, book] = await Promise.all([store.members(), store.book()]);
	const members = book ? newest([...rows, book.leader]) : rows;
	const slice = book?.slices.find(({ from, to }) => from <= now && now < to);
	const lanes = lastMinute(
		members.flatMap(({ usage }) => usage),
		now,
	);
	const total = (what: keyof LaneUsage) => LANES.reduce((sum, lane) => sum + lanes[lane][what], 0);
	return {
		limit: limits.perSecond,
		share: limits.share,
		rate: slice && book ? book.rate.perSecond : null,
		instances: slice?.grants.length ?? 0,
		lastMinute: {
			granted: total("granted"),
			used: total("used"),
			throttled: total("throttled"),
			lanes,
		},
	};
}
