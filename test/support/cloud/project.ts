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

/**
 * s.yaml and its bundles in a folder of their own, so that no other test's build
 * takes them away from running instances. @returns the folder.
 */
export async function buildProject(timers: readonly TimerTrigger[] = []): Promise<string> {
	const dir = mkdtempSync(join(tmpdir(), "thingcast-project-"));
	await build({ outDir: join(dir, "dist") });
	const stack = parseDocument(readFileSync("s.yaml", "utf8"));
	for (const { name, cronExpression, command } of timers) {
		stack.addIn(["resources", "timer", "props", "triggers"], {
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
