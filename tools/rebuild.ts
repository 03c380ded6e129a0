import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { watchFolder } from "../local/index.ts";
import type { Builder } from "./build.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = ["functions", "shared"];

/** Builds the bundles after every change of their sources; the returned function ends that. */
export function rebuildOnChange(builder: Builder): () => void {
	// One build after the other: the last one has seen every change.
	let building: Promise<unknown> = Promise.resolve();
	const onChange = () => {
		building = building.then(async () => {
			const startedAt = performance.now();
			try {
				await builder.build();
				console.log(`built in ${Math.round(performance.now() - startedAt)} ms`);
			} catch {
				// esbuild has already said what is wrong and where.
				console.log("not built: the functions keep their code until that is corrected");
			}
		});
	};
	const onError = (error: Error) => console.log(`changes cannot be seen: ${error.message}`);
	const ends = SOURCES.map((folder) => watchFolder(join(PROJECT, folder), { onChange, onError }));
	return () => {
		for (const end of ends) end();
	};
}
