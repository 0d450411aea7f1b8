// Pass a question of ours to a security key, and send its answer with the form.
'use strict';
(() => {
  const form = document.getElementById('key-form')
  if (!form) {
    return
  }
  const failed = document.getElementById('key-failed')
  const { webauthnJSON } = window
  if (!webauthnJSON.supported()) {
    document.getElementById('key-unsupported').hidden = false
    return
  }
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    failed.hidden = true
    const question = JSON.parse(form.dataset.question)
    try {
      const answer = await webauthnJSON[form.dataset.verb](question)
      form.elements.credential.value = JSON.stringify(answer)
      form.submit()
    } catch {
      failed.hidden = false
    }
  })
})()
