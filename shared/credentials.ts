/** Keys of the function's role: temporary, and replaced while an instance lives. */
export interface Credentials {
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly securityToken?: string;
}

/** The credentials to sign with now. Adapters ask before every call and keep none. */
export type CredentialSource = () => Credentials;

/**
 * Credentials that each invocation brings along in its context. An instance
 * outlives the ones that its environment held at the start (36 hours, Function
 * Compute, "Context").
 */
export class RoleCredentials {
	#current: Credentials;

	constructor(initial: Credentials) {
		this.#current = initial;
	}

	readonly source: CredentialSource = () => this.#current;

	/** Takes over what an invocation's context carries; an empty context changes nothing. */
	refresh(credentials: Partial<Credentials> | undefined): void {
		const { accessKeyId, accessKeySecret, securityToken } = credentials ?? {};
		if (!accessKeyId || !accessKeySecret) return;
		this.#current = {
			accessKeyId,
			accessKeySecret,
			...(securityToken ? { securityToken } : {}),
		};
	}
}
