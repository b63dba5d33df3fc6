//! Tenants: made, shown, configured, deleted; each with its own state.

use std::net::TcpStream;
use std::sync::{Arc, Mutex, mpsc};

use ropg_server::{Control, Server, Tenant};
use serde_json::{Value, json};

use crate::asking::*;

#[test]
fn tenants_are_made_shown_listed_and_deleted() {
    let control = control();
    let made =
        ask(&control, "POST", "/tenants", &json!({ "name": "mine", "tenant": document("bob@acme.test") }));
    assert_eq!(made.0, 201, "{}", made.1);
    assert_eq!(get(&control, "/tenants/mine"), (200, made.1.clone()));
    let names: Vec<Value> = get(&control, "/tenants").1["tenants"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, [json!("acme"), json!("mine")]);
    let url = made.1["url"].as_str().expect("an address");
    assert_eq!(made.1["issuer"], json!(format!("{url}/")));
    assert_eq!(login(url, "bob@acme.test", "Right-Horse-9").0, 200);
    assert_eq!(login(url, ANN.0, ANN.1).0, 403);
    assert_eq!(control.server("mine").expect("there").url(), url);
    assert_eq!(ask(&control, "DELETE", "/tenants/mine", &Value::Null), (204, Value::Null));
    assert!(TcpStream::connect(url.strip_prefix("http://").expect("plain")).is_err(), "the port is free");
    let gone = refused(get(&control, "/tenants/mine"), 404, "unknown_tenant");
    assert_eq!(gone, "no tenant is called `mine`");
    refused(ask(&control, "DELETE", "/tenants/mine", &Value::Null), 404, "unknown_tenant");
}

#[test]
fn each_tenant_has_its_own_state_and_reset_forgets_it_alone() {
    let control = control();
    let copy = ask(&control, "POST", "/tenants", &json!({ "name": "copy", "like": "acme" })).1;
    let (acme, copy) =
        (control.server("acme").expect("there").url(), copy["url"].as_str().expect("text").to_owned());
    for (url, times) in [(&acme, 1), (&copy, 2)] {
        for _ in 0..times {
            assert_eq!(login(url, ANN.0, ANN.1).0, 200);
        }
    }
    let count = |what: &str| get(&control, what).1["entries"].as_array().expect("a list").len();
    assert_eq!((count("/tenants/acme/log"), count("/tenants/copy/log")), (1, 2));
    assert_eq!((count("/tenants/acme/journal"), count("/tenants/copy/journal")), (1, 2));
    let entry = get(&control, "/tenants/copy/journal").1["entries"][1].clone();
    assert_eq!((&entry["number"], &entry["decisions"][0]["step"]), (&json!(1), &json!("client")), "{entry}");
    assert_eq!(ask(&control, "POST", "/tenants/copy/reset", &Value::Null).0, 204);
    assert_eq!((count("/tenants/acme/log"), count("/tenants/copy/log")), (1, 0));
}

#[test]
fn without_a_document_a_tenant_is_a_copy_of_the_built_in_one() {
    let control = Control::start([]).expect("starts");
    let made = ask(&control, "POST", "/tenants", &json!({ "name": "t1" }));
    assert_eq!((made.0, &made.1["name"]), (201, &json!("t1")));
    assert_eq!(login(made.1["url"].as_str().expect("text"), ANN.0, ANN.1).0, 200);
}

#[test]
fn a_tenant_is_configured_anew_while_it_runs() {
    let control = control();
    let url = control.server("acme").expect("there").url();
    let put = |body: Value| ask(&control, "PUT", "/tenants/acme", &body);
    let told = put(json!({ "tenant": document("bob@acme.test"), "deviations": ["password.any-accepted"] }));
    assert_eq!((told.0, &told.1["deviations"]), (200, &json!(["password.any-accepted"])), "{}", told.1);
    assert_eq!(login(&url, "bob@acme.test", "anything").0, 200);
    assert_eq!(login(&url, ANN.0, ANN.1).0, 403);
    assert_eq!(put(json!({ "tenant": document("bob@acme.test") })).0, 200);
    assert_eq!(login(&url, "bob@acme.test", "anything").0, 403);
    let why = refused(put(json!({ "deviations": [] })), 400, "invalid_request");
    assert_eq!(why, "neither `tenant` nor `like` says what it shall be");
    refused(ask(&control, "PUT", "/tenants/acm", &json!({ "like": "acme" })), 404, "unknown_tenant");
}

#[test]
fn a_deviation_may_be_data() {
    let control = control();
    let how = json!({ "exchange": { "on": { "endpoint": "token" }, "status": 418 } });
    let body = json!({ "name": "odd", "deviations": [{ "id": "teapot", "how": how }] });
    let made = ask(&control, "POST", "/tenants", &body).1;
    assert_eq!(made["deviations"], json!(["teapot"]));
    assert_eq!(login(made["url"].as_str().expect("text"), ANN.0, ANN.1).0, 418);
    // Control is nobody's exchange.
    assert_eq!(get(&control, "/tenants/odd").0, 200);
}

#[test]
fn every_problem_of_a_tenant_is_told_with_its_place() {
    let control = control();
    let mut tenant = document("bob@acme.test");
    tenant["clients"][0]["grant_types"] = json!("password");
    tenant["databases"][0]["enabled_clients"] = json!(["wep"]);
    tenant["ropg"]["behaviour"] = json!({ "wrong_passwort": "auth0" });
    let (status, body) = ask(&control, "POST", "/tenants", &json!({ "name": "bad", "tenant": tenant }));
    assert_eq!((status, &body["error"]), (422, &json!("invalid_tenant")), "{body}");
    let places: Vec<&str> =
        body["problems"].as_array().expect("a list").iter().filter_map(|one| one["at"].as_str()).collect();
    for place in [
        "/tenant/clients/0/grant_types",
        "/tenant/databases/0/enabled_clients/0",
        "/tenant/ropg/behaviour/wrong_passwort",
    ] {
        assert!(places.contains(&place), "{place} in {body}");
    }
    refused(get(&control, "/tenants/bad"), 404, "unknown_tenant");
    let body = json!({ "name": "bad", "deviations": ["password.any-acceptet", { "id": "x", "how": { "status": 1 } }] });
    let (status, body) = ask(&control, "POST", "/tenants", &body);
    assert_eq!((status, &body["problems"][0]["at"]), (422, &json!("/deviations/0")), "{body}");
    assert!(
        body["problems"][0]["message"]
            .as_str()
            .expect("text")
            .contains("did you mean `password.any-accepted`?")
    );
    assert_eq!(body["problems"][1]["at"], "/deviations/1/how", "{body}");
}

#[test]
fn the_description_is_served() {
    let (status, told) = get(&control(), "/openapi.json");
    assert_eq!((status, &told["openapi"]), (200, &json!("3.1.0")));
    assert!(told["paths"]["/tenants/{name}/outbox"]["get"].is_object());
}

#[test]
fn two_tenants_of_one_name_are_refused() {
    let servers =
        [Server::start(Tenant::acme()).expect("starts"), Server::start(Tenant::acme()).expect("starts")];
    let fault = Control::start(servers).expect_err("one name");
    assert_eq!(fault.to_string(), "two tenants are called `acme`");
}

#[test]
fn control_and_tenants_end_together() {
    for end in [|control: Control| control.stop(), |control: Control| drop(control)] {
        let control = control();
        let server = control.server("acme").expect("there");
        let addresses = [control.url(), server.url()];
        let alive = Arc::downgrade(&server);
        drop(server);
        end(control);
        assert!(alive.upgrade().is_none(), "nobody holds it any more");
        // A dropped listener closes its port as soon as its reactor comes to it.
        let gone =
            |address: &String| TcpStream::connect(address.strip_prefix("http://").expect("plain")).is_err();
        assert!((0..10_000).any(|_| addresses.iter().all(gone)), "{addresses:?}");
    }
}

#[test]
fn a_server_that_hangs_does_not_delay_control() {
    let (release, released) = mpsc::channel::<()>();
    let (entered, hung) = mpsc::channel();
    let released = Mutex::new(released);
    // Whoever is told holds up a thread of the reactor that all tenants share.
    let server = Server::builder(Tenant::acme()).on_request(move |_| {
        let _ = entered.send(());
        let _ = released.lock().expect("no panic").recv();
    });
    let server = server.start().expect("starts");
    let url = server.url();
    let (named, worker) = mpsc::channel();
    let make = move |tenant| {
        named.send(std::thread::current().name().map(str::to_owned)).expect("the test listens");
        Server::builder(tenant)
    };
    let control = Control::builder().server(server).make(make).start().expect("starts");
    std::thread::scope(|scope| {
        let login = scope.spawn(|| login(&url, ANN.0, ANN.1).0);
        hung.recv().expect("the request is told");
        assert_eq!(get(&control, "/tenants/acme/clock").0, 200);
        assert_eq!(ask(&control, "POST", "/tenants", &json!({ "name": "other" })).0, 201);
        assert!(!login.is_finished());
        drop(release);
        assert_eq!(login.join().expect("no panic"), 200);
    });
    // Neither the reactor's threads nor its workers had a part in it.
    assert_eq!(worker.recv().expect("one was made").as_deref(), Some("ropg-control"));
}
