import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Io } from "../io.ts";
import { UsageError } from "../problems.ts";

/** Where the API is and the key for it. */
export interface Profile {
	readonly url: string;
	readonly key: string;
}

export type Profiles = Readonly<Record<string, Profile>>;

/** Group and others. */
const OTHERS = 0o077;
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

export function profilesFile({ env, home }: Pick<Io, "env" | "home">): string {
	return join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "thingcast", "profiles.json");
}

/** All that are kept; none where there is no file. @throws UsageError */
export function readProfiles(io: Pick<Io, "env" | "home">): Profiles {
	const file = profilesFile(io);
	let text: string;
	try {
		// Windows has no such bits.
		if (process.platform !== "win32" && (statSync(file).mode & OTHERS) !== 0) {
			throw new UsageError(
				`${file} holds keys and may be read by other users of this machine`,
				`chmod 600 ${file}`,
			);
		}
		text = readFileSync(file, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
		throw error;
	}
	try {
		return check(JSON.parse(text));
	} catch (error) {
		throw new UsageError(
			`${file}: ${(error as Error).message}`,
			'it looks like {"default": {"url": "https://…", "key": "…"}}; `thingcast profile set` writes it',
		);
	}
}

/** Written beside it and renamed: nobody ever reads half a file, or one with another mode. */
export function writeProfiles(io: Pick<Io, "env" | "home">, profiles: Profiles): string {
	const file = profilesFile(io);
	mkdirSync(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER });
	const draft = `${file}.${process.pid}`;
	writeFileSync(draft, `${JSON.stringify(profiles, null, "\t")}\n`, { mode: OWNER_ONLY });
	renameSync(draft, file);
	return file;
}

function check(read: unknown): Profiles {
	if (typeof read !== "object" || read === null || Array.isArray(read)) {
		throw new Error("is not a JSON object");
	}
	for (const [name, profile] of Object.entries(read)) {
		for (const field of ["url", "key"] as const) {
			if (typeof profile?.[field] !== "string") throw new Error(`${name}.${field} is missing`);
		}
	}
	return read as Profiles;
}
