/** A file of the data folder that cannot be read: its name, why, and what to do. */
export class DamagedFile extends Error {
	constructor(path: string, cause: unknown, remedy: string) {
		const why = cause instanceof Error ? cause.message : String(cause);
		super(`${path} is damaged (${why}). ${remedy}`, { cause });
		this.name = "DamagedFile";
	}
}
