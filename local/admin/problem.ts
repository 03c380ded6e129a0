/** A request that is refused, as problem details (RFC 9457). */
export class AdminProblem extends Error {
	readonly status: number;
	readonly allow: string | undefined;

	constructor(status: number, detail: string, allow?: string) {
		super(detail);
		this.status = status;
		this.allow = allow;
	}
}
