/** Times as somebody of these languages writes them. */
export const times = ([language]) => ({
  day: (iso) => new Date(iso).toLocaleDateString(language, { dateStyle: "medium" }),
});
