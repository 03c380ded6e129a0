import { useEffect, useRef, useState } from "preact/hooks";
import type { Job } from "../../../../client/src/index.ts";
import { hrefOf } from "../../hooks/route.ts";
import { Facts, Json } from "../../parts/facts.tsx";
import { Plot } from "../../parts/plot.tsx";
import { State } from "../../parts/state.tsx";
import { Time } from "../../parts/time.tsx";
import { count, STATES } from "../../parts/words.ts";
import { curvesOf, goneOf, type Point, plannedOf } from "./curve.ts";
import { Failures } from "./failures.tsx";
import { Waves } from "./waves.tsx";

const LINES = [
	{ label: "planned", colour: "--faint", dashed: true },
	{ label: "actual", colour: "--accent", filled: true },
] as const;

const WHY: Readonly<Record<string, string>> = {
	paused: "It is paused. Resume takes what failed so far for known, and goes on.",
	waiting_for_approval: "The wave has ended. Look at what came of it, then approve the next one.",
	soaking: "The wave has ended; it is judged once it has soaked.",
};

export function JobShown({ job }: { readonly job: Job }) {
	const { id, state, reason, targets, counts = {}, waves = [], createdAt, updatedAt, rate } = job;
	const actual = useActual(job);
	const gone = goneOf(counts);
	return (
		<div class="scroll">
			<p class="lead">
				<State of={state} />
				<span>
					{count(gone)} of {targets === undefined ? "…" : count(targets)} devices
				</span>
			</p>
			{(reason || WHY[state]) && (
				<p class={state === "paused" || state === "canceled" ? "note warn" : "note advice"}>
					{reason && <strong>{reason}. </strong>}
					{WHY[state]}
				</p>
			)}
			<ul class="chips" aria-label="Devices by state">
				{STATES.filter((one) => counts[one]).map((one) => (
					<li key={one}>
						<a class="button" href={hrefOf(["commands"], { job: id, state: one, since: "all" })}>
							<b>{count(counts[one] ?? 0)}</b> <State of={one} />
						</a>
					</li>
				))}
			</ul>
			<section>
				<h2>Devices over time</h2>
				<Plot
					summary={`${count(gone)} of ${count(targets ?? 0)} devices are done`}
					lines={LINES}
					data={curvesOf(plannedOf(job), actual)}
					unit=""
				/>
			</section>
			<div class="columns">
				<section>
					<h2>Waves</h2>
					<Waves of={waves} />
				</section>
				<section>
					<h2>Failures by code</h2>
					<Failures job={job} />
				</section>
			</div>
			<div class="columns">
				<section>
					<h2>Job</h2>
					<Facts
						of={[
							["Id", <code key="id">{id}</code>],
							["Created", <Time key="created" at={createdAt} ago />],
							["Changed", <Time key="changed" at={updatedAt} ago />],
							["Rate", rateText(rate)],
						]}
					/>
				</section>
				<section>
					<h2>Command</h2>
					<Json label="Command" value={job["command"]} />
				</section>
			</div>
		</div>
	);
}

/** How far it has come, seen while it is open, from its beginning on. */
function useActual(job: Job): readonly Point[] {
	const begin = Date.parse(job.createdAt ?? "") / 1000;
	const points = useRef<readonly Point[]>(Number.isNaN(begin) ? [] : [{ at: begin, devices: 0 }]);
	const [shown, setShown] = useState(points.current);
	useEffect(() => {
		const at = Math.round(Date.now() / 1000);
		const before = points.current.filter((point) => point.at < at);
		points.current = [...before, { at, devices: goneOf(job.counts) }];
		setShown(points.current);
	}, [job]);
	return shown;
}

function rateText(rate: Job["rate"]): string | undefined {
	if (rate === undefined || typeof rate === "number")
		return rate === undefined ? undefined : `${rate}/s`;
	if (!("factor" in rate)) return `${rate.perSecond}/s`;
	return `${rate.perSecond}/s, × ${rate.factor} every ${rate.everySucceeded} that succeed, up to ${rate.max}/s`;
}
