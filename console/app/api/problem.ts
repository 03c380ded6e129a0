import { ThingcastError } from "../../../client/src/index.ts";

/** What went wrong, and what to do about it. */
export interface Trouble {
	readonly title: string;
	readonly detail: string;
	readonly advice: string;
	readonly fields: ReadonlyArray<{ readonly pointer: string; readonly detail: string }>;
}

/** Of the person, found before anything was sent. */
export class Mistake extends Error {
	override readonly name = "Mistake";
}

export function troubleOf(error: unknown): Trouble {
	if (error instanceof Mistake) {
		return {
			title: "Nothing was sent",
			detail: error.message,
			advice: "Correct it and try again.",
			fields: [],
		};
	}
	if (!(error instanceof ThingcastError)) {
		const detail = error instanceof Error ? error.message : String(error);
		return { title: "The console failed", detail, advice: "Reload the page.", fields: [] };
	}
	const { problem, message, request } = error;
	return {
		title: problem.title || "The API said no",
		detail: `${message} (${request})`,
		advice: adviceOn(error),
		fields: problem.errors ?? [],
	};
}

function adviceOn({ status, request }: ThingcastError): string {
	if (status === 0) {
		return "Is the API running, and are you online? Press r to try again.";
	}
	if (status === 401) return "Enter another key: the key is wrong, has expired or was deleted.";
	if (status === 403) return "This key lacks the scope for it. Use another key, or ask an admin.";
	if (status === 404 && /\/v1\/[a-z-]+(\/sync)?$/.test(request)) {
		return "This API is older than the console: deploy its version.";
	}
	if (status === 404)
		return "It may have been deleted, or is older than what is kept. Look for it in its list.";
	if (status === 409) return "Its state has changed meanwhile. Reload it with r, and look again.";
	if (status === 412) return "Somebody else has changed it. Reload it with r, and change it again.";
	if (status === 429) return "Too many requests with this key: wait a few seconds, then press r.";
	if (status >= 500)
		return "Try again in a few seconds (r). If it stays, look into the logs of the function http.";
	return "Correct what is named here, and try again.";
}
