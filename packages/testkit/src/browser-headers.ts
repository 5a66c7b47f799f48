/**
 * What a signed-in browser's page sends with each call.
 *
 * @param answer to the sign-in: by a link, or with a token
 */
export async function browserHeaders(answer: Response): Promise<Record<string, string>> {
  const [cookie = ""] = answer.headers.get("set-cookie")?.split(";", 1) ?? [];
  const said = answer.headers.get("location") ?? (await answer.text());
  const key = /page-?key["=:]+([\w-]+)/i.exec(said)?.[1] ?? "";
  return { cookie, "x-trunkline-page-key": key };
}
