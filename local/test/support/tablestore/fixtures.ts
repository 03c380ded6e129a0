import { Account } from "../../../account.ts";

export const INSTANCE = "thingcast";

export const ACCOUNT = new Account("1234567890123456", "cn-shanghai", {
	accessKeyId: "LTAI5tLocalTablestore",
	accessKeySecret: "a-secret-that-only-this-test-knows",
});
