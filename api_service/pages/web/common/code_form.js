/** Have a form with the field `code` lead to the room with this code, or to a streamer's own address, as `@luna`. */
export function leadByCode(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = form.elements.code.value.trim();
    const path = code.startsWith("@") ? `/@${encodeURIComponent(code.slice(1))}` : `/j/${encodeURIComponent(code)}`;
    if (code) location.assign(path);
    else form.elements.code.focus();
  });
}
