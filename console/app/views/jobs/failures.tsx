import type { Client, Job, JobDevice, State } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { hrefOf } from "../../hooks/route.ts";
import { TroubleNote } from "../../parts/trouble.tsx";
import { count } from "../../parts/words.ts";

const FAILED: readonly State[] = ["failed", "timed_out", "unknown", "expired"];
/** As many devices are looked at; the codes of more are much the same. */
const LOOKED_AT = 500;
const PAGE = 100;

/** Why devices of a job failed: each code, how often, and the commands behind it. */
export function Failures({ job: { id, counts = {} } }: { readonly job: Job }) {
	const client = useClient();
	const failed = FAILED.filter((state) => counts[state]);
	const key = `${id} ${failed.map((state) => `${state} ${counts[state]}`).join()}`;
	const { value, error } = useLoad(key, () => codesOf(client, id, failed));
	if (failed.length === 0) return <p class="faint">None.</p>;
	if (!value)
		return error === undefined ? <p class="faint">Reading …</p> : <TroubleNote error={error} />;
	return (
		<>
			<table class="plain">
				<thead>
					<tr>
						<th scope="col">Code</th>
						<th scope="col" class="end">
							Devices
						</th>
					</tr>
				</thead>
				<tbody>
					{value.codes.map(([code, devices]) => (
						<tr key={code}>
							<td>
								<a
									href={hrefOf(["commands"], {
										job: id,
										code: code.includes(" ") ? "" : code,
										since: "all",
									})}
								>
									{code}
								</a>
							</td>
							<td class="end">{count(devices)}</td>
						</tr>
					))}
				</tbody>
			</table>
			{value.more && <p class="faint">Of the first {count(LOOKED_AT)} in each state.</p>}
		</>
	);
}

async function codesOf(client: Client, id: string, states: readonly State[]) {
	const codes = new Map<string, number>();
	let more = false;
	for (const state of states) {
		let seen = 0;
		for await (const device of client.jobs.devices(id, { state, limit: PAGE })) {
			if (seen++ >= LOOKED_AT) {
				more = true;
				break;
			}
			const code = codeOf(device) ?? `no code (${state.replace("_", " ")})`;
			codes.set(code, (codes.get(code) ?? 0) + 1);
		}
	}
	return { codes: [...codes].sort(([, left], [, right]) => right - left), more };
}

function codeOf(device: JobDevice): string | undefined {
	const error = device["error"] as { readonly code?: unknown } | undefined;
	const found = device["code"] ?? error?.code;
	return typeof found === "string" ? found : undefined;
}
