// Pages du second facteur : ce que l'appareil sait faire se montre, ce qu'il refuse se dit.
// Chaque page se suit aussi sans ce fichier, par l'application d'authentification.
const all=s=>document.querySelectorAll(s);
if(window.PublicKeyCredential)all("[data-passkey]").forEach(e=>e.hidden=false);
document.addEventListener("allauth.error",v=>all("[data-refused]").forEach(e=>{v.preventDefault();e.hidden=false;e.focus()}));
all("[data-print]").forEach(e=>{e.hidden=false;e.addEventListener("click",()=>print())});
all("[data-copy]").forEach(e=>{if(!navigator.clipboard)return;e.hidden=false;e.addEventListener("click",async()=>{await navigator.clipboard.writeText(document.getElementById(e.dataset.copy).value);e.textContent=e.dataset.done})});
