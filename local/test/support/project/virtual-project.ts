import { VirtualClock } from "../../../clock/virtual-clock.ts";
import { type Cloud, startCloud } from "../../../index.ts";
import { Project } from "./project.ts";

/** Somebody else's project in a local cloud of this process, in virtual time. */
export interface VirtualProject {
	readonly cloud: Cloud;
	readonly clock: VirtualClock;
	readonly project: Project;
	readonly logs: readonly string[];
	close(): Promise<void>;
}

export async function runProject(
	files: Readonly<Record<string, string>>,
	options: Partial<Parameters<typeof startCloud>[0]> = {},
): Promise<VirtualProject> {
	const project = new Project(files);
	const clock = new VirtualClock();
	const logs: string[] = [];
	const cloud = await startCloud({
		projectDir: project.dir,
		dataDir: project.dataDir,
		clock,
		random: () => 0.5,
		log: (line) => logs.push(line),
		...options,
	});
	return {
		cloud,
		clock,
		project,
		logs,
		async close() {
			await cloud.close();
			project.remove();
		},
	};
}
