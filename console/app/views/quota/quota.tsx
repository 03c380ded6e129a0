import { useMemo } from "preact/hooks";
import type { Quota, Usage } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Page } from "../../parts/page.tsx";
import { Plot } from "../../parts/plot.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { count } from "../../parts/words.ts";
import { curvesOf, type Sample, withSample } from "./series.ts";

const EVERY_MS = 2_000;
/** Kept while the page is open, also while another view is shown. */
let samples: readonly Sample[] = [];

const LANES = ["interactive", "bulk"] as const;
const LINES = [
	{ label: "granted", colour: "--accent", filled: true },
	{ label: "used", colour: "--good" },
	{ label: "throttled", colour: "--bad" },
] as const;

export function QuotaView() {
	const client = useClient();
	const { value: quota, error, reload } = useLoad("quota", () => client.quota(), EVERY_MS);
	const shown = useMemo(() => {
		if (quota) samples = withSample(samples, quota, Date.now());
		return samples;
	}, [quota]);
	useShortcuts("Quota", [{ keys: "r", label: "read it again", run: reload }]);
	return (
		<Page title="Quota">
			<TroubleNote error={error} retry={reload} />
			{quota && (
				<div class="scroll">
					<Numbers quota={quota} />
					{LANES.map((lane) => (
						<section key={lane}>
							<h2>Lane {lane}</h2>
							<Plot
								summary={`Calls a second of the lane ${lane}: ${usageText(quota.lastMinute.lanes[lane])} in the last minute`}
								lines={LINES}
								data={curvesOf(shown, lane)}
								unit="/s"
							/>
							<p class="faint">Last minute: {usageText(quota.lastMinute.lanes[lane])}.</p>
						</section>
					))}
					<p class="faint">
						Each point is the mean of the minute before it. The curves begin when this view is first
						opened, and reach back an hour at most.
					</p>
				</div>
			)}
		</Page>
	);
}

function Numbers({
	quota: { limit, share, rate, instances, lastMinute },
}: {
	readonly quota: Quota;
}) {
	const figures = [
		["allowed a second", count(limit)],
		["share of it", `${Math.round(share * 100)} %`],
		["planned now", rate === null ? "idle" : `${count(Math.round(rate))}/s`],
		["workers", count(instances)],
		["used, last minute", count(lastMinute.used)],
		["throttled, last minute", count(lastMinute.throttled)],
	] as const;
	return (
		<dl class="figures">
			{figures.map(([label, value]) => (
				<div key={label}>
					<dt>{label}</dt>
					<dd>{value}</dd>
				</div>
			))}
		</dl>
	);
}

const usageText = ({ granted, used, throttled }: Usage): string =>
	`${count(granted)} granted, ${count(used)} used, ${count(throttled)} throttled`;
