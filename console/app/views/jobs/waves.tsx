import type { Job } from "../../../../client/src/index.ts";
import { State } from "../../parts/state.tsx";
import { count, countsText } from "../../parts/words.ts";
import { CountsBar } from "./counts-bar.tsx";

export function Waves({ of }: { readonly of: NonNullable<Job["waves"]> }) {
	if (of.length === 0) return <p class="faint">Its devices are not known yet.</p>;
	return (
		<table class="plain">
			<thead>
				<tr>
					<th scope="col">Wave</th>
					<th scope="col">State</th>
					<th scope="col" class="end">
						Devices
					</th>
					<th scope="col">Outcome</th>
				</tr>
			</thead>
			<tbody>
				{of.map(({ state, targets, counts }, index) => (
					<tr key={index}>
						<td>{index + 1}</td>
						<td>{state && <State of={state} />}</td>
						<td class="end">{targets === undefined ? "" : count(targets)}</td>
						<td>
							<CountsBar counts={counts} total={targets} />
							<span class="faint">{countsText(counts)}</span>
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
