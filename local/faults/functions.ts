import type { FcService } from "../fc/index.ts";
import type { Stack } from "../stack/index.ts";
import { type FaultKind, kind } from "./kind.ts";

/** kill -9 of the instances of one function, or of all of them. */
export function functionFaults(stack: Stack, fc: Pick<FcService, "instances">): FaultKind[] {
	const kill = (name: string, whose: string, fits: (functionName: string) => boolean) =>
		kind(`kill ${name}`, `kill -9 of ${whose}`, {}, () => {
			const killed = fc.instances().filter(({ functionName, pid }) => {
				if (!fits(functionName) || pid === undefined) return false;
				process.kill(pid, "SIGKILL");
				return true;
			});
			return { detail: `instances killed: ${killed.length}` };
		});
	return [
		...stack.functions.map(({ resource, functionName }) =>
			kill(resource, `every instance of ${functionName}`, (name) => name === functionName),
		),
		kill("functions", "every instance of every function", () => true),
	];
}
