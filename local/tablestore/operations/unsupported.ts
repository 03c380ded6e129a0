import { parameterInvalid } from "../errors.ts";

/**
 * Local transactions are not offered. A table of the real service answers so
 * too, unless it was made for them.
 */
export function refuseTransaction(transactionId: string | undefined): void {
	if (transactionId) {
		throw parameterInvalid(
			"Try to call method using explicit transaction on explicit-transaction-disabled table.",
		);
	}
}
