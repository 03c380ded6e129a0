import { join } from "node:path";
import { watchFolder } from "../local/index.ts";
import type { Builder } from "./build.ts";

const SOURCES = ["functions", "shared"];

/** Builds the bundles after every change of their sources in `root`; the returned function ends that. */
export function rebuildOnChange(
	builder: Pick<Builder, "build">,
	root: string,
	log: (line: string) => void,
): () => void {
	// One build after the other: the last one has seen every change.
	let building: Promise<unknown> = Promise.resolve();
	const onChange = () => {
		building = building.then(async () => {
			const startedAt = performance.now();
			try {
				await builder.build();
				log(`built in ${Math.round(performance.now() - startedAt)} ms`);
			} catch (error) {
				// What is wrong in a source esbuild itself has already shown, with its place.
				const { errors, message } = error as Error & { readonly errors?: unknown };
				const why = errors ? "" : ` (${message})`;
				log(`not built${why}: the functions keep their code until that is corrected`);
			}
		});
	};
	const onError = (error: Error) => log(`changes cannot be seen: ${error.message}`);
	const ends = SOURCES.map((folder) => watchFolder(join(root, folder), { onChange, onError }));
	return () => {
		for (const end of ends) end();
	};
}
