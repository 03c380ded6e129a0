import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { build } from "../../../tools/build.ts";

export interface TimerTrigger {
	readonly name: string;
	readonly cronExpression: string;
	/** A command; the sample product and its first device are `${vars.example.…}` of s.yaml. */
	readonly command: object;
}

const TRIGGERS = ["resources", "timer", "props", "triggers"];

/**
 * s.yaml and its bundles in a folder of their own, so that no other test's build
 * takes them away from running instances.
 *
 * @param tick when the timer function looks for what is due, instead of every minute.
 * @returns the folder.
 */
export async function buildProject(
	timers: readonly TimerTrigger[] = [],
	{ tick }: { readonly tick?: string } = {},
): Promise<string> {
	const dir = mkdtempSync(join(tmpdir(), "thingcast-project-"));
	await build({ outDir: join(dir, "dist") });
	const stack = parseDocument(readFileSync("s.yaml", "utf8"));
	if (tick) stack.setIn([...TRIGGERS, 0, "triggerConfig", "cronExpression"], tick);
	for (const { name, cronExpression, command } of timers) {
		stack.addIn(TRIGGERS, {
			triggerName: name,
			triggerType: "timer",
			triggerConfig: { cronExpression, enable: true, payload: JSON.stringify(command) },
		});
	}
	writeFileSync(join(dir, "s.yaml"), String(stack));
	return dir;
}

export function removeProject(dir: string): void {
	rmSync(dir, { recursive: true, force: true });
}
