/** Have a form with the field `code` lead to the room with this code. */
export function leadByCode(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = form.elements.code.value.trim();
    if (code) location.assign(`/j/${encodeURIComponent(code)}`);
    else form.elements.code.focus();
  });
}
