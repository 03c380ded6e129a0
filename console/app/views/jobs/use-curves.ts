import { useEffect, useRef, useState } from "preact/hooks";
import type { Job } from "../../../../client/src/index.ts";
import { exactText } from "../../api/exact.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { beginOf, goneOf, lineOf, type Point, plannedOf, wavesOf } from "./curve.ts";

/** What was planned, and how far it has come: by its waves, and as it is seen while it is open. */
export function useCurves(job: Job): { readonly planned: Point[]; readonly actual: Point[] } {
	const client = useClient();
	const begin = beginOf(job);
	const { plan, targets } = job as Job & { readonly plan?: { readonly targets?: object } };
	// Of a list of devices the job says only how many they are.
	const canAsk =
		plan?.targets !== undefined && !("devices" in plan.targets) && targets !== undefined;
	const { value: forecast } = useLoad(`forecast ${job.id} ${canAsk}`, () =>
		canAsk ? client.jobs.forecast(exactText(plan, "")) : Promise.resolve(undefined),
	);
	const seen = useRef<readonly Point[]>([]);
	const [shown, setShown] = useState<readonly Point[]>([]);
	useEffect(() => {
		const at = Math.round(Date.now() / 1000);
		const before = seen.current.filter((point) => point.at < at);
		seen.current = [...before, { at, devices: goneOf(job.counts) }];
		setShown(seen.current);
	}, [job]);
	const planned = forecast ? plannedOf(forecast, begin) : [];
	const actual = [...wavesOf(job), ...shown].sort((left, right) => left.at - right.at);
	return { planned: planned.length > 0 ? planned : lineOf(job, begin), actual };
}
