import type { HttpDeps } from "./deps.ts";
import type { ProblemName } from "./problem.ts";

export interface Call {
	readonly params: Readonly<Record<string, string>>;
	readonly query: Record<string, string>;
	readonly request: Request;
}
export interface Route {
	readonly method: string;
	readonly path: string;
	readonly operationId: string;
	readonly summary: string;
	readonly problems: readonly ProblemName[];
	handle(deps: HttpDeps, call: Call): Promise<Response>;
}
