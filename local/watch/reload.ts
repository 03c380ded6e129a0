import { resolve } from "node:path";
import type { FcService } from "../fc/index.ts";
import type { FunctionDefinition, Stack } from "../stack/index.ts";
import { fingerprint } from "./fingerprint.ts";
import { watchFolder } from "./folder.ts";

interface ReloadOptions {
	readonly stack: Stack;
	readonly projectDir: string;
	readonly dataDir: string;
	readonly fc: Pick<FcService, "reload">;
	readonly log: (line: string) => void;
}

/** As soon as the code of a function changes, its next requests run in instances that have the new one. */
export function reloadOnChange(options: ReloadOptions): { close(): Promise<void> } {
	const byFolder = new Map<string, FunctionDefinition[]>();
	for (const definition of options.stack.functions) {
		const folder = resolve(options.projectDir, definition.code);
		byFolder.set(folder, [...(byFolder.get(folder) ?? []), definition]);
	}
	const ends = [...byFolder].map(([folder, functions]) => watchCode(folder, functions, options));
	return {
		async close() {
			for (const end of ends) end();
		},
	};
}

function watchCode(
	folder: string,
	functions: readonly FunctionDefinition[],
	{ dataDir, fc, log }: ReloadOptions,
): () => void {
	const names = functions.map(({ resource }) => resource).join(", ");
	const ignored = [resolve(dataDir)];
	// One look after the other, so that an older one does not come last.
	let seen = fingerprint(folder, ignored);
	return watchFolder(folder, {
		ignored,
		onError: (error) => log(`${names}: changes of ${folder} cannot be seen (${error.message})`),
		onChange: () => {
			const before = seen;
			seen = before.then(async (old) => {
				const now = await fingerprint(folder, ignored);
				if (now === old) return now;
				for (const { functionName } of functions) fc.reload(functionName);
				log(`${names}: new code`);
				return now;
			});
		},
	});
}
