import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { systemClock } from "../clock/clock.ts";

/** An editor or a build writes several files at once; this long after the last one it is done. */
const QUIET_MS = 60;

export interface FolderOptions {
	/** Called after a change came to rest; what it throws or rejects with is its own affair. */
	readonly onChange: () => void;
	/** Told once if the system refuses to watch. */
	readonly onError: (error: Error) => void;
	/** Folders that are left out, beside `node_modules` and those whose name begins with a dot. */
	readonly ignored?: readonly string[];
}

interface Watched {
	readonly watcher: FSWatcher;
	/** Another number at the same path is another folder, which nobody watches yet. */
	readonly inode: number;
}

/**
 * Watches a folder with all that is below it, by one `fs.watch` a folder. It may
 * be removed and made anew, as builds do. The returned function ends it.
 */
export function watchFolder(path: string, options: FolderOptions): () => void {
	const root = resolve(path);
	const ignored = new Set((options.ignored ?? []).map((folder) => resolve(folder)));
	const watched = new Map<string, Watched>();
	let cancelCall = () => {};
	let closed = false;

	const onEvent = (folder: string, name: string | null) => {
		// The folder above tells only whether the root itself came or went.
		if (folder === dirname(root) && name !== basename(root)) return;
		if (name !== null && isIgnored(join(folder, name), ignored)) return;
		cancelCall();
		cancelCall = systemClock.after(QUIET_MS, () => {
			watchAll();
			options.onChange();
		});
	};
	const watchAll = () => {
		if (closed) return;
		const folders = new Set([dirname(root), ...foldersIn(root, ignored)]);
		for (const [folder, { watcher }] of watched) {
			if (folders.has(folder) && watched.get(folder)?.inode === inodeOf(folder)) continue;
			watcher.close();
			watched.delete(folder);
		}
		for (const folder of folders) {
			if (watched.has(folder)) continue;
			try {
				const watcher = watch(folder, (_, name) => onEvent(folder, name));
				watcher.on("error", () => watcher.close());
				watched.set(folder, { watcher, inode: inodeOf(folder) });
			} catch (error) {
				// A folder that went in this moment is no reason to complain.
				if ((error as NodeJS.ErrnoException).code !== "ENOENT") options.onError(error as Error);
			}
		}
	};
	watchAll();
	return () => {
		closed = true;
		cancelCall();
		for (const { watcher } of watched.values()) watcher.close();
		watched.clear();
	};
}

function isIgnored(path: string, ignored: ReadonlySet<string>): boolean {
	const name = basename(path);
	return name === "node_modules" || name.startsWith(".") || ignored.has(path);
}

/** The folder and those below it; none if it does not exist. */
function foldersIn(folder: string, ignored: ReadonlySet<string>): string[] {
	try {
		return [
			folder,
			...readdirSync(folder, { withFileTypes: true })
				.filter((entry) => entry.isDirectory() && !isIgnored(join(folder, entry.name), ignored))
				.flatMap((entry) => foldersIn(join(folder, entry.name), ignored)),
		];
	} catch {
		return [];
	}
}

function inodeOf(folder: string): number {
	return statSync(folder, { throwIfNoEntry: false })?.ino ?? 0;
}
