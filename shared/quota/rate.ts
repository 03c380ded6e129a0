/** What all instances together did in some time. */
export interface Traffic {
	readonly ms: number;
	readonly sent: number;
	readonly throttled: number;
}

/** The rate that is really left to us, and what it was found by. */
export interface Rate {
	readonly perSecond: number;
	/** The last cut and the rate after it; absent while nobody else uses the quota. */
	readonly cut?: {
		/** When the first call at this rate was planned. */
		readonly at: number;
		readonly perSecond: number;
		/** It was found a second time, before the full rate was regained. */
		readonly confirmed: boolean;
	};
	/** The traffic of the last second, the newest last. */
	readonly traffic: readonly Traffic[];
}

export interface RateLimits {
	/** The account's limit, in calls a second. */
	readonly account: number;
	/** The most that we may plan with, in calls a second. */
	readonly most: number;
}

const SECOND_MS = 1000;

/** A fixed window throttles at the end of a second only: anything shorter would see either nothing or everything. */
const OBSERVED_MS = 1000;
/** Books are not written to the millisecond. */
const TOLERANCE_MS = 100;
/** Until a cut shows in what members say: calls under way still have the old rate. */
const BLIND_MS = OBSERVED_MS + 200;
/** Throttled calls that are no sign: calls that meet at the edge of a window. */
const NOISE_SHARE = 0.004;
const NOISE_CALLS = 2;
/** Stays this share below what was found. */
const MARGIN = 0.004;
/** Never less than this share: interactive commands must trickle. */
const LEAST_SHARE = 0.04;
/** One estimate may not take away more than this share of what was just accepted. */
const BOLDEST = 0.85;
/**
 * After a cut the rate stands still, then grows with the cube of time, as CUBIC
 * does (RFC 9438, section 4.2): by this share of the account's limit in the
 * first second. A first cut may come from a jam that is over already, so the
 * rate is tried again soon; only if it is throttled again, somebody is there.
 */
const CONFIRMED = { holdSeconds: 2, growth: 0.0006 };
const UNCONFIRMED = { holdSeconds: 1.5, growth: 0.01 };

export const fullRate = ({ most }: RateLimits): Rate => ({ perSecond: most, traffic: [] });

/**
 * The rate for what is planned next.
 * @param from when it begins, in milliseconds since the epoch.
 * @param asOf when the members said what `latest` sums up.
 */
export function nextRate(
	last: Rate,
	{ from, asOf }: { readonly from: number; readonly asOf: number },
	latest: Traffic,
	limits: RateLimits,
): Rate {
	const traffic = observed([...last.traffic, latest]);
	const sent = sum(traffic.map((one) => one.sent));
	const throttled = sum(traffic.map((one) => one.throttled));
	const blind = last.cut && asOf < last.cut.at + BLIND_MS;
	if (!blind && latest.throttled > 0 && throttled > Math.max(NOISE_CALLS, sent * NOISE_SHARE)) {
		const seconds = sum(traffic.map(({ ms }) => ms)) / SECOND_MS;
		const found = whatIsLeft(sent / seconds, throttled / Math.max(1, sent), limits);
		const perSecond = Math.max(
			limits.account * LEAST_SHARE,
			Math.min(last.perSecond, found * (1 - MARGIN)),
		);
		return { perSecond, cut: { at: from, perSecond, confirmed: last.cut !== undefined }, traffic };
	}
	if (!last.cut) return { perSecond: limits.most, traffic };
	const { holdSeconds, growth } = last.cut.confirmed ? CONFIRMED : UNCONFIRMED;
	const growing = Math.max(0, (from - last.cut.at) / SECOND_MS - holdSeconds);
	const perSecond = last.cut.perSecond + limits.account * growth * growing ** 3;
	if (perSecond >= limits.most) return { perSecond: limits.most, traffic };
	return { perSecond, cut: last.cut, traffic };
}

/** The newest of these that make up a second. */
function observed(traffic: readonly Traffic[]): Traffic[] {
	let first = traffic.length;
	for (let ms = 0; first > 0 && ms < OBSERVED_MS - TOLERANCE_MS; ) {
		ms += traffic[--first]?.ms ?? 0;
	}
	return traffic.slice(first);
}

/**
 * All clients' calls are throttled alike: of `sent + foreign` calls the account's
 * limit was accepted. So the throttled share tells how much the others send,
 * and what they leave.
 */
function whatIsLeft(sent: number, throttledShare: number, { account }: RateLimits): number {
	const accepted = sent * (1 - throttledShare);
	const foreign = account / Math.max(0.01, 1 - throttledShare) - sent;
	return Math.min(accepted, Math.max(accepted * BOLDEST, account - foreign));
}

const sum = (values: readonly number[]): number =>
	values.reduce((total, value) => total + value, 0);
