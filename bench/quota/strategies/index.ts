import { awsAdaptive } from "./aws-adaptive.ts";
import { fullJitterOnly, pRetryDefaults } from "./retry-only.ts";
import { bottleneck, staticSplit } from "./static-split.ts";
import type { Strategy } from "./strategy.ts";
import { thingcast } from "./thingcast.ts";

export const STRATEGIES: readonly Strategy[] = [
	thingcast,
	awsAdaptive,
	bottleneck,
	staticSplit,
	pRetryDefaults,
	fullJitterOnly,
];
