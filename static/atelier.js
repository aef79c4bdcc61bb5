// Un brouillon s’enregistre deux secondes après la dernière frappe, sans les fichiers choisis. Quand
// quelqu’un d’autre a écrit entre-temps, plus rien ne part : le bouton montre alors les deux textes.
// Un envoi sans réponse a pu arriver : il repart tel quel, avant ce qui s’est écrit depuis.
const f=document.querySelector("form[data-autosave]");if(f){
  const s=f.querySelector("[role=status]");let t,p,d,stop=false;
  const send=async()=>{const r=await fetch(location.href,{method:"POST",body:d,headers:{Accept:"application/json"}}).catch(()=>0),j=r?await r.json().catch(()=>({})):{};
    s.textContent=j.said||f.dataset.autosave;if(j.seen)f.elements.seen.value=j.seen;stop=r&&r.status===409;
    if(j.said||r&&r.status>399&&r.status<500)d=0};
  const save=async()=>{if(d)await send();
    if(!d&&!stop){d=new FormData(f);for(const e of f.querySelectorAll("[type=file]"))d.delete(e.name);await send()}p=0};
  const later=()=>{clearTimeout(t);if(!stop)t=setTimeout(async()=>{await p;p=save()},2000)};
  f.addEventListener("input",e=>{if(e.target.type!=="file")later()});
  f.addEventListener("submit",e=>{clearTimeout(t);if(p||d){e.preventDefault();
    Promise.resolve(p).then(()=>d&&send()).then(()=>{p=d=0;f.requestSubmit(e.submitter)})}});
}
