import { ThingcastError } from "../client/src/index.ts";
import { tell } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { ApiContext } from "./session.ts";

/**
 * One after the other, for each id that was given. What fails for one is told
 * and stops no other; the first exit code that is not 0 stays.
 */
export async function each(
	{ io, url, args }: Pick<ApiContext<object>, "io" | "url" | "args">,
	act: (id: string) => Promise<number | undefined>,
): Promise<number> {
	let exit: number = EXIT.ok;
	for (const id of args) {
		try {
			const code = (await act(id)) ?? EXIT.ok;
			exit ||= code;
		} catch (error) {
			// Nothing answers: nor will it for the others.
			if (!(error instanceof ThingcastError) || error.status === 0) throw error;
			const code = tell(io, error, url);
			exit ||= code;
		}
	}
	return exit;
}
