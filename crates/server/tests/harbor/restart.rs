//! What is kept through a restart, for how long, and what is not.

use store::Sql;

use crate::client::{Capability, request, usual};
use crate::{Played, ROBOT, played, sites};

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_good_after_a_restart_and_the_report_for_more_than_an_hour() {
    for site in &sites().all {
        let registry = Played::start();
        let digest = registry.put(&played::image(1));
        // Nobody works: it is asked for, and the server ends.
        let server = site.start(0).await;
        let wanted = request(&registry.url(), "library/shop", &digest, Capability::Vulnerability);
        let (id, _) = server.harbor(usual()).submit(&wanted).await;
        server.end().await;
        let server = site.start(1).await;
        let harbor = server.harbor(usual());
        let (answer, ..) = harbor.poll(&id, Capability::Vulnerability).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        server.end().await;

        let server = site.start(0).await;
        let harbor = server.harbor(usual());
        let age = async |hours: i64| {
            let sql = Sql::write("let time pass", "UPDATE adapter_scan SET expires = expires - $1");
            sql.bind(hours * 3_600_000).run(&server.app.database).await.unwrap();
            store::adapter::sweep(&server.app.database).await.unwrap();
        };
        age(2).await;
        assert_eq!(harbor.report(&id, Capability::Vulnerability).await.status, 200);
        age(24).await;
        harbor.report(&id, Capability::Vulnerability).await.refused(404);
        server.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_never_too_old() {
    let site = &sites().all[0];
    let (server, registry) = (site.start(0).await, Played::start());
    let digest = registry.put(&played::image(1));
    let wanted = request(&registry.url(), "library/shop", &digest, Capability::Vulnerability);
    let (id, _) = server.harbor(usual()).submit(&wanted).await;
    let sql = Sql::write("let time pass", "UPDATE adapter_scan SET expires = 1");
    sql.run(&server.app.database).await.unwrap();
    assert_eq!(store::adapter::sweep(&server.app.database).await.unwrap(), 0);
    assert_eq!(server.harbor(usual()).report(&id, Capability::Vulnerability).await.status, 302);
    assert!(server.is_sealed(&id).await);
    server.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_is_kept_in_clear() {
    let site = &sites().all[0];
    let (server, registry) = (site.start(1).await, Played::start());
    let digest = registry.put(&played::image(1));
    let wanted = request(&registry.url(), "library/shop", &digest, Capability::Vulnerability);
    server.harbor(usual()).scan(&wanted, Capability::Vulnerability).await;
    server.end().await;
    let bytes = bounded::read_file(&site.directory.path().join("store"), 64 << 20).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    testkit::assert_tells_none(&text, &[ROBOT, crate::OPERATOR.trim_start_matches("lzt_")]);
}
